#include "harness/model/documents/document.h"

#include <istream>
#include <streambuf>

#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include "harness/model/documents/document_builder.h"
#include "harness/model/documents/encoding.h"
#include "harness/model/documents/files.h"

namespace reprise {
namespace {

// A reader of the text that is not copied once more.
class Bytes : public std::streambuf {
 public:
  explicit Bytes(std::string_view text) {
    auto* begin = const_cast<char*>(text.data());  // the get area is never written to
    setg(begin, begin, begin + text.size());
  }
};

Location place_of_byte(std::string_view text, std::size_t offset, const std::string& name) {
  int line = 1;
  int column = 1;
  for (std::size_t i = 0; i < offset; ++i) {
    if (text[i] == '\n') {
      ++line;
      column = 1;
    } else if ((static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U) {
      ++column;
    }
  }
  return {name, line, column};
}

std::unexpected<Error> refused(std::string what, std::string remedy, Location where) {
  return std::unexpected(Error{std::move(what), std::move(remedy), std::move(where)});
}

// yaml-cpp's own words, which quote nothing.
std::string syntax_error(const YAML::Exception& thrown) {
  return thrown.msg.empty() ? "not readable as YAML" : "not readable as YAML: " + thrown.msg;
}

}  // namespace

Result<Document> Document::parse(std::string_view text, std::string name) {
  if (text.size() > max_document_bytes) {
    return refused(fmt::format("the file is larger than {} bytes", max_document_bytes), "",
                   {name, 0, 0});
  }
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (auto bad = find_bad_byte(text)) {
    return refused(bad->what, "files are UTF-8 text", place_of_byte(text, bad->offset, name));
  }
  DocumentBuilder builder(text, name);
  try {
    Bytes bytes(text);
    std::istream stream(&bytes);
    YAML::Parser parser(stream);
    if (!parser.HandleNextDocument(builder)) return refused("the file is empty", "", {name, 1, 1});
    Document document = builder.take();
    DocumentBuilder second({}, name);
    if (parser.HandleNextDocument(second)) {
      return refused("more than one document in a file", "", {name, 0, 0});
    }
    return document;
  } catch (const Refused& refusal) {
    return std::unexpected(refusal.error);
  } catch (const YAML::Exception& thrown) {
    return refused(syntax_error(thrown), "", builder.place(thrown.mark));
  } catch (const std::exception& thrown) {
    return refused(fmt::format("not readable: {}", thrown.what()), "", {name, 0, 0});
  }
}

Result<Document> Document::read(const std::filesystem::path& path) {
  auto text = read_text(path);
  if (!text) return std::unexpected(text.error());
  return parse(*text, path.generic_string());
}

Location Document::where(const std::string& pointer) const {
  std::string known = pointer;
  while (true) {
    if (auto found = places_.find(known); found != places_.end()) return found->second.value;
    if (known.empty()) return {name_, 0, 0};
    known.erase(std::min(known.rfind('/'), known.size()));
  }
}

Location Document::where_key(const std::string& pointer) const {
  auto found = places_.find(pointer);
  if (found == places_.end() || found->second.key.line == 0) return where(pointer);
  return found->second.key;
}

std::string Document::written(const std::string& pointer) const {
  if (const auto found = written_.find(pointer); found != written_.end()) return found->second;
  const auto& value = root_.at(nlohmann::json::json_pointer(pointer));
  return value.is_string() ? value.get<std::string>() : value.dump();
}

void Document::note_written(const std::string& pointer, std::string text) {
  written_[pointer] = std::move(text);
}

void Document::replace(const std::string& pointer, nlohmann::json value) {
  root_[nlohmann::json::json_pointer(pointer)] = std::move(value);
}

}  // namespace reprise
