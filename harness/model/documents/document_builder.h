// Turns yaml-cpp's events into a Document, counting everything that a hostile file could make grow.
//
// Ownership: lives for one parse; the text outlives it. Threads: one.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/mark.h>

#include "harness/model/documents/document.h"

namespace reprise {

// Thrown through yaml-cpp, whose events cannot return an error, and caught in Document::parse.
struct Refused {
  Error error;
};

class DocumentBuilder final : public YAML::EventHandler {
 public:
  DocumentBuilder(std::string_view text, std::string name);

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override;
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override;
  void OnMapEnd() override { close(); }

  [[nodiscard]] Location place(const YAML::Mark& mark) const;
  [[nodiscard]] Document take() { return std::move(document_); }

 private:
  // What a value costs once aliases are expanded.
  struct Cost {
    std::size_t nodes = 0;
    std::size_t bytes = 0;
    std::size_t depth = 0;
  };
  // A list or map still open.
  struct Open {
    nlohmann::json value;
    std::string pointer;
    YAML::anchor_t anchor = 0;
    std::string key;
    bool key_seen = false;
    Cost cost;
  };
  struct Anchored {
    nlohmann::json value;
    Cost cost;
    std::string pointer;
  };

  [[noreturn]] void refuse(const YAML::Mark& mark, std::string what, std::string remedy = {}) const;
  [[nodiscard]] bool expects_key() const;
  void take_key(const YAML::Mark& mark, const std::string& key);
  std::string begin_value(const YAML::Mark& mark);
  void open(const YAML::Mark& mark, nlohmann::json empty, YAML::anchor_t anchor);
  void close();
  // Tells the pointer of what was added.
  std::string add(const YAML::Mark& mark, nlohmann::json value, const Cost& cost,
                  YAML::anchor_t anchor);
  void put(nlohmann::json value, const Cost& cost, YAML::anchor_t anchor,
           const std::string& pointer);
  void note_written(const YAML::Mark& mark, const std::string& pointer, const std::string& text);
  void copy_written(const YAML::Mark& mark, const std::string& from, const std::string& to);
  void count(const YAML::Mark& mark, const Cost& cost);

  std::string_view text_;
  std::vector<std::size_t> continuation_bytes_;  // offsets, so that columns count characters
  Document document_;
  std::vector<Open> stack_;
  std::map<YAML::anchor_t, Anchored> anchors_;
  Location key_place_;
  Cost total_;
  std::size_t pointer_bytes_ = 0;
  std::size_t anchored_nodes_ = 0;
  std::size_t anchored_bytes_ = 0;
  YAML::Mark last_;
};

}  // namespace reprise
