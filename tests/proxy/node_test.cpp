// A real Node server and Node's own HTTP client, with a link between them.
#include "tests/proxy/link_test.h"
#include "tests/support/temporary_folder.h"

namespace reprise {
namespace {

// Prints its port, answers JSON, and serves until it is killed.
constexpr auto server_script =
    "const s = require('http').createServer((q, a) => {"
    "  a.setHeader('Content-Type', 'application/json');"
    "  let n = 0; q.on('data', d => n += d.length);"
    "  q.on('end', () => a.end(JSON.stringify({url: q.url, bytes: n}))); });"
    "s.listen(0, '127.0.0.1', () =>"
    "  require('fs').writeFileSync(process.argv[1], String(s.address().port)));";

// Two requests over a kept connection; of each the status and the body, or the error's code.
constexpr auto client_script =
    "const agent = new (require('http').Agent)({keepAlive: true});"
    "const ask = (body) => new Promise(done => {"
    "  const q = require('http').request({port: process.argv[1], host: '127.0.0.1', agent,"
    "    path: '/x', method: body ? 'POST' : 'GET', timeout: 1000}, a => {"
    "    let text = ''; a.on('data', d => text += d);"
    "    a.on('end', () => done(a.statusCode + ' ' + text));"
    "    a.on('error', e => done(e.code)); });"
    "  q.on('timeout', () => { q.destroy(); done('timeout'); });"
    "  q.on('error', e => done(e.code)); q.end(body); });"
    "(async () => { const seen = [await ask(), await ask(Buffer.alloc(3000000))];"
    "  require('fs').writeFileSync(process.argv[2], seen.join('\\n'));"
    "  process.exit(0); })();";

// Node may take half a minute to start on a machine that builds something else besides.
bool comes_true_in_a_minute(const std::function<bool()>& condition) {
  for (int patience = 0; patience < 6; ++patience) {
    if (comes_true(condition)) return true;
  }
  return false;
}

class NodeLink : public ::testing::Test {
 protected:
  NodeLink() {
    EXPECT_TRUE(comes_true_in_a_minute([&] {
      std::ifstream file(folder_ / "port");
      return static_cast<bool>(file >> port_);
    }));
    link_ = std::make_unique<TestLink>("127.0.0.1:" + std::to_string(port_), true);
  }
  // What Node's client says about two requests, one a line.
  std::string ask() {
    std::filesystem::remove(folder_ / "answers");
    ChildProcess node({"node", "-e", client_script, std::to_string(link_->port()),
                       (folder_ / "answers").string()});
    EXPECT_TRUE(comes_true_in_a_minute([&] { return node.news() == 'E'; }));
    return temporary_.read("answers");
  }

  TemporaryFolder temporary_;
  std::filesystem::path folder_ = temporary_.path();
  ChildProcess node_{{"node", "-e", server_script, (folder_ / "port").string()}};
  int port_ = 0;
  std::unique_ptr<TestLink> link_;
};

constexpr auto healthy = "200 {\"url\":\"/x\",\"bytes\":0}\n200 {\"url\":\"/x\",\"bytes\":3000000}";

TEST_F(NodeLink, PassesUnnoticedWithoutFaults) { EXPECT_EQ(ask(), healthy); }

TEST_F(NodeLink, ShowsNodeEachFaultAsTheRealThing) {
  const auto under = [&](const std::string& kind, nlohmann::json with) {
    LinkFaultUnderTest fault(*link_, kind, std::move(with));
    fault.inject();
    const auto seen = ask();
    EXPECT_TRUE(comes_true([&] { return fault.bit(); })) << kind;
    fault.revert();
    return seen;
  };
  EXPECT_EQ(under("http_status", {{"status", 502}, {"body", "bad"}}), "502 bad\n502 bad");
  EXPECT_EQ(under("http_hang", nullptr), "timeout\ntimeout");
  EXPECT_EQ(under("connection_reset", nullptr), "ECONNRESET\nECONNRESET");
  EXPECT_EQ(under("network_cut", {{"how", "silence"}}), "timeout\ntimeout");
  EXPECT_EQ(under("http_body", {{"mode", "cut"}, {"bytes", "3B"}}), "ECONNRESET\nECONNRESET");
  if (::geteuid() == 0) {
    EXPECT_EQ(under("network_cut", {{"how", "refuse"}}), "ECONNREFUSED\nECONNREFUSED");
  }
  EXPECT_EQ(ask(), healthy);
}

}  // namespace
}  // namespace reprise
