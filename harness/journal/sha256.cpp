#include <openssl/evp.h>

#include <array>
#include <memory>

#include "harness/journal/journal.h"

namespace reprise {
namespace {

// Fetching the algorithm costs more than hashing a line, so a thread does it once.
struct Hasher {
  Hasher()
      : algorithm(EVP_MD_fetch(nullptr, "SHA256", nullptr), EVP_MD_free),
        context(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
    REPRISE_REQUIRE(algorithm && context);
  }
  std::unique_ptr<EVP_MD, void (*)(EVP_MD*)> algorithm;
  std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context;
};

}  // namespace

std::string sha256(std::string_view bytes) {
  thread_local Hasher hasher;
  std::array<unsigned char, 32> digest{};
  unsigned int length = 0;
  EVP_MD_CTX* context = hasher.context.get();
  REPRISE_REQUIRE(EVP_DigestInit_ex2(context, hasher.algorithm.get(), nullptr) == 1 &&
                  EVP_DigestUpdate(context, bytes.data(), bytes.size()) == 1 &&
                  EVP_DigestFinal_ex(context, digest.data(), &length) == 1);
  constexpr char digits[] = "0123456789abcdef";
  std::string hex(64, '0');
  for (std::size_t i = 0; i < digest.size(); ++i) {
    hex[2 * i] = digits[digest[i] >> 4];
    hex[2 * i + 1] = digits[digest[i] & 15];
  }
  return hex;
}

}  // namespace reprise
