#include "harness/journal/sha256.h"

#include <openssl/evp.h>

#include <array>

#include "harness/model/error.h"

namespace reprise {
namespace {

// Fetching it costs more than hashing a line, so a thread does it once.
EVP_MD* algorithm() {
  thread_local const std::unique_ptr<EVP_MD, void (*)(EVP_MD*)> fetched(
      EVP_MD_fetch(nullptr, "SHA256", nullptr), EVP_MD_free);
  REPRISE_REQUIRE(fetched);
  return fetched.get();
}

}  // namespace

struct RunningSha256::Context {
  std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> handle{EVP_MD_CTX_new(), EVP_MD_CTX_free};

  void begin() { REPRISE_REQUIRE(EVP_DigestInit_ex2(handle.get(), algorithm(), nullptr) == 1); }
  void add(std::string_view bytes) {
    REPRISE_REQUIRE(EVP_DigestUpdate(handle.get(), bytes.data(), bytes.size()) == 1);
  }
  std::string finish() {
    std::array<unsigned char, 32> digest{};
    unsigned int length = 0;
    REPRISE_REQUIRE(EVP_DigestFinal_ex(handle.get(), digest.data(), &length) == 1);
    constexpr char digits[] = "0123456789abcdef";
    std::string hex(64, '0');
    for (std::size_t i = 0; i < digest.size(); ++i) {
      hex[2 * i] = digits[digest[i] >> 4];
      hex[2 * i + 1] = digits[digest[i] & 15];
    }
    return hex;
  }
};

RunningSha256::RunningSha256() : context_(std::make_unique<Context>()) { context_->begin(); }
RunningSha256::RunningSha256(RunningSha256&&) noexcept = default;
RunningSha256& RunningSha256::operator=(RunningSha256&&) noexcept = default;
RunningSha256::~RunningSha256() = default;

void RunningSha256::add(std::string_view bytes) { context_->add(bytes); }
std::string RunningSha256::finish() { return context_->finish(); }

std::string sha256(std::string_view bytes) {
  thread_local RunningSha256::Context context;
  context.begin();
  context.add(bytes);
  return context.finish();
}

}  // namespace reprise
