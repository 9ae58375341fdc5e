#include "harness/observe/child_output.h"

#include <fcntl.h>
#include <unistd.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>

#include "harness/observe/promised.h"

namespace reprise {
namespace {

namespace asio = boost::asio;

constexpr Duration last_words = std::chrono::milliseconds(50);  // output still in the pipe

// One output of a program, read as it comes so that the program never waits for us.
struct Output {
  Output(const asio::any_io_executor& executor, int descriptor, std::size_t most_bytes)
      : pipe(executor, descriptor), most(most_bytes), ended(executor) {}
  asio::posix::stream_descriptor pipe;
  std::size_t most;
  std::string text;
  bool more = false;
  Promised<bool> ended;

  void add(std::string_view block) {
    const auto room = block.substr(0, most - text.size());
    text += room;
    more = more || room.size() < block.size();
  }
};

asio::awaitable<void> read_on(std::shared_ptr<Output> output) {
  std::array<char, 16384> block{};
  boost::system::error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  while (!error) {
    const auto room = asio::buffer(block);
    const auto count = co_await output->pipe.async_read_some(room, token);
    output->add({block.data(), count});
  }
  output->ended.keep(true);
}

// Whether something is in the pipe that nobody has read.
bool is_waiting(Output& output) {
  asio::posix::descriptor_base::bytes_readable left;
  boost::system::error_code error;
  output.pipe.io_control(left, error);
  return !error && left.get() > 0;
}

// A pipe whose writing end is for the child; nothing when there are no descriptors left.
std::shared_ptr<Output> open_output(const asio::any_io_executor& executor, std::size_t most,
                                    int& childs_end) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return nullptr;
  childs_end = ends[1];
  return std::make_shared<Output>(executor, ends[0], most);
}

}  // namespace

Result<ChildOptions> child_options(const nlohmann::json& options,
                                   const Surroundings& surroundings) {
  ChildOptions run;
  auto words = resolved_words(surroundings, options.at("run"));
  if (!words) return std::unexpected(words.error());
  auto folder = resolved_folder(surroundings, options);
  if (!folder) return std::unexpected(folder.error());
  run.arguments = std::move(*words);
  run.folder = std::move(*folder);
  run.environment = surroundings.environment();
  return run;
}

asio::awaitable<Result<ChildOutput>> run_child(asio::any_io_executor executor, ChildOptions options,
                                               Instant deadline, std::size_t most) {
  int out_end = -1;
  int complaints_end = -1;
  const auto out = open_output(executor, most, out_end);
  const auto complaints = open_output(executor, most, complaints_end);
  Result<std::unique_ptr<Child>> child = failure("no descriptors left");
  if (out && complaints) {
    options.descriptors = {{1, out_end}, {2, complaints_end}};
    child = Child::start(executor, options);
  }
  if (out_end >= 0) ::close(out_end);
  if (complaints_end >= 0) ::close(complaints_end);
  if (!child) co_return std::unexpected(child.error());

  asio::co_spawn(executor, read_on(out), asio::detached);
  asio::co_spawn(executor, read_on(complaints), asio::detached);
  ChildOutput done;
  done.exit = co_await (*child)->wait(deadline);
  // A grandchild in a group of its own may hold the pipe open for ever.
  const auto patience = std::min(deadline, std::chrono::steady_clock::now() + last_words);
  if (done.exit) {
    co_await out->ended.wait(patience);
    co_await complaints->ended.wait(patience);
    // What has been read out of the pipe has also been kept after this.
    co_await asio::post(executor, asio::use_awaitable);
    for (const auto& one : {out, complaints}) one->more = one->more || is_waiting(*one);
  }
  boost::system::error_code ignored;
  out->pipe.close(ignored);
  complaints->pipe.close(ignored);
  done.out = std::move(out->text);
  done.complaints = std::move(complaints->text);
  done.more_out = out->more || !done.exit;
  done.more_complaints = complaints->more || !done.exit;
  co_return done;
}

}  // namespace reprise
