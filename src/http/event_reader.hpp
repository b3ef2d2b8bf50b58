#pragma once

// Cuts the body of a streamed answer into events, wherever its pieces break.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace FineTuning::internal {

/// One event of a stream. Its texts are valid until the callback that gets it returns.
struct SseEvent {
  std::string_view name{};  ///< Empty if the stream does not name it.
  std::string_view data{};
  bool complete = true;  ///< False if the body ended in the middle of it.
};

/// Reads one body: server-sent events by the rules of the HTML standard (id and retry mean nothing
/// here), and JSON that is not framed, which Google streams and puts between events. A line that
/// begins with { or [ while no event has begun is such JSON: each top-level object, and each object
/// of a top-level array, is an event without a name.
///
/// `on_event` is called as bool(const SseEvent&); false stops the reader for good. An event that
/// lies in one piece and whose data is one line is a view of that piece. Reading takes linear time
/// however the body is cut; an event that has not ended is stored, and the caller limits its size.
class EventReader {
 public:
  /// Hands over the events that end in `piece`; false if on_event stopped it.
  template <class F>
  bool feed(std::string_view piece, F&& on_event) {
    skip_line_feed(piece);
    skip_byte_order_mark(piece);
    std::size_t line_feed = 0;
    bool continues = true;
    for (std::size_t at = 0; continues && at < piece.size();) {
      switch (state_) {
        case State::line: continues = read_line(piece, at, line_feed, on_event); break;
        case State::between_objects: read_between_objects(piece, at); break;
        case State::object: continues = read_object(piece, at, on_event); break;
      }
    }
    return continues;
  }

  /// Ends the body: hands over the event that has not ended. It is complete if only its blank
  /// line is missing, and not if its last line or its JSON is cut.
  template <class F>
  bool finish(F&& on_event) {
    const bool is_cut = !partial_.empty();
    if (state_ == State::object) return emit({{}, partial_, false}, on_event);
    if (is_cut) process_line(partial_, false, on_event);
    return end_event(!is_cut, on_event);
  }

 private:
  enum class State : std::uint8_t { line, between_objects, object };

  /// Skips the LF of a CRLF that was cut.
  void skip_line_feed(std::string_view& piece) {
    if (piece.empty()) return;
    if (after_cr_ && piece.front() == '\n') piece.remove_prefix(1);
    after_cr_ = false;
  }

  void skip_byte_order_mark(std::string_view& piece) {
    constexpr std::string_view mark = "\xEF\xBB\xBF";
    while (mark_size_ < mark.size() && !piece.empty()) {
      if (piece.front() != mark[mark_size_]) {
        partial_ = mark.substr(0, mark_size_);  // it only began like one
        mark_size_ = mark.size();
        return;
      }
      ++mark_size_;
      piece.remove_prefix(1);
    }
  }

  template <class F>
  bool read_line(std::string_view piece, std::size_t& at, std::size_t& line_feed, F& on_event) {
    if (begins_json(piece[at])) {
      state_ = State::between_objects;
      return true;
    }
    const std::size_t end = line_end(piece, at, line_feed);
    if (end == piece.size()) return store_partial(piece, at);
    const std::string_view line = with_partial(piece.substr(at, end - at));
    at = after_line_end(piece, end);
    const bool blank_follows = at < piece.size() && (piece[at] == '\n' || piece[at] == '\r');
    const bool continues = process_line(line, blank_follows, on_event);
    partial_.clear();
    return continues;
  }

  [[nodiscard]] bool begins_json(char c) const {
    return (c == '{' || c == '[') && partial_.empty() && name_.empty() && !has_data_;
  }

  /// Where the line at `at` ends: at a LF or a CR, or not yet. The LF found last is remembered, or
  /// each line of a piece that has CRs only would be searched to the end of the piece for a LF.
  static std::size_t line_end(std::string_view piece, std::size_t at, std::size_t& line_feed) {
    if (line_feed <= at) line_feed = std::min(piece.find('\n', at), piece.size());
    return std::min(piece.substr(0, line_feed).find('\r', at), line_feed);
  }

  std::size_t after_line_end(std::string_view piece, std::size_t end) {
    if (piece[end] == '\n') return end + 1;
    after_cr_ = end + 1 == piece.size();
    return end + (!after_cr_ && piece[end + 1] == '\n' ? 2 : 1);
  }

  template <class F>
  bool process_line(std::string_view line, bool blank_follows, F& on_event) {
    if (line.empty()) return end_event(true, on_event);
    const std::size_t colon = std::min(line.find(':'), line.size());
    const std::string_view field = line.substr(0, colon);
    std::string_view value = line.substr(std::min(colon + 1, line.size()));
    if (value.starts_with(' ')) value.remove_prefix(1);
    if (field == "event") name_ = value;
    if (field != "data") return true;
    if (blank_follows && !has_data_) return emit({name_, value}, on_event);
    if (has_data_) data_ += '\n';
    data_ += value;
    has_data_ = true;
    return true;
  }

  void read_between_objects(std::string_view piece, std::size_t& at) {
    constexpr std::string_view separators = "[,] \t\r\n";
    if (separators.find(piece[at]) != std::string_view::npos)
      ++at;
    else
      state_ = piece[at] == '{' ? State::object : State::line;
  }

  template <class F>
  bool read_object(std::string_view piece, std::size_t& at, F& on_event) {
    const std::size_t end = object_end(piece, at);
    if (depth_ != 0) return store_partial(piece, at);
    state_ = State::between_objects;
    const std::string_view object = with_partial(piece.substr(at, end - at));
    at = end;
    const bool continues = emit({{}, object}, on_event);
    partial_.clear();
    return continues;
  }

  /// Where the object that is open ends, which it has done when depth_ is 0 again.
  std::size_t object_end(std::string_view piece, std::size_t at) {
    do {
      const char c = piece[at];
      if (is_escaped_)
        is_escaped_ = false;
      else if (c == '"')
        in_string_ = !in_string_;
      else if (in_string_)
        is_escaped_ = c == '\\';
      else if (c == '{')
        ++depth_;
      else if (c == '}')
        --depth_;
    } while (++at < piece.size() && depth_ != 0);
    return at;
  }

  /// Stores what `piece` has of a line or an object that ends in a later one.
  bool store_partial(std::string_view piece, std::size_t& at) {
    partial_ += piece.substr(std::exchange(at, piece.size()));
    return true;
  }

  std::string_view with_partial(std::string_view end) {
    return partial_.empty() ? end : std::string_view(partial_ += end);
  }

  template <class F>
  bool end_event(bool complete, F& on_event) {
    if (has_data_) return emit({name_, data_, complete}, on_event);
    name_.clear();
    return true;
  }

  template <class F>
  bool emit(const SseEvent& event, F& on_event) {
    const bool continues = on_event(event);
    name_.clear();
    data_.clear();
    has_data_ = false;
    return continues;
  }

  State state_ = State::line;
  std::string partial_;  ///< The beginning of a line or an object that ends in a later piece.
  std::string name_;
  std::string data_;  ///< The lines of data so far, joined.
  bool has_data_ = false;
  bool after_cr_ = false;      ///< The last piece ended with a CR, whose LF may come.
  std::size_t mark_size_ = 0;  ///< How much of a byte order mark the body began with.
  std::size_t depth_ = 0;      ///< How many braces of an object are open.
  bool in_string_ = false;
  bool is_escaped_ = false;
};

}  // namespace FineTuning::internal
