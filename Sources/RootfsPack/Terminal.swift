internal import Glibc
internal import Report
internal import SystemPackage

/// The standard streams.
enum Terminal {
  /// How text on a stream is to look: colour only on a terminal and without `NO_COLOR`.
  static func style(of stream: FileDescriptor, environment: ProcessEnvironment) -> TextStyle {
    guard isatty(stream.rawValue) == 1 else { return .plain }
    var size = winsize()
    let known = unsafe ioctl(stream.rawValue, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    return TextStyle(
      usesColor: !environment.refusesColor, width: known ? Int(size.ws_col) : nil)
  }

  /// Keeps the numbers of closed standard streams from files that are opened later, in which every report
  /// would end: what takes them can be neither read nor written as a stream.
  static func reserveStreams() {
    for stream in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO]
    where fcntl(stream, F_GETFD) == -1 && errno == EBADF {
      // The lowest free number is given, which is this one.
      _ = try? FileDescriptor.open(FilePath("/"), .readOnly, options: .directory)
    }
  }

  /// Writes all of the text. Whether somebody reads on to its end is no matter of the command's exit code:
  /// what it was asked is answered by that too.
  static func write(_ text: String, to stream: FileDescriptor) throws(Diagnostic) {
    do {
      try writeAll(text, to: stream)
    } catch Errno.brokenPipe {
    } catch {
      throw Diagnostic(
        "standard output: \(Diagnostic.describe(error as? Errno ?? .ioError))",
        remedy: "it is where the report goes")
    }
  }

  /// Writes piece by piece: the library's `writeAll` takes any sequence, and the first one of a kind
  /// costs the start as much as the rest of the work.
  private static func writeAll(_ text: String, to stream: FileDescriptor) throws {
    var text = text
    try text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while unsafe !rest.isEmpty {
        do {
          let written = try unsafe stream.write(rest)
          unsafe rest = UnsafeRawBufferPointer(rebasing: rest[written...])
        } catch Errno.wouldBlock {
          // Whoever shares the stream may have made it so.
          var request = pollfd(fd: stream.rawValue, events: Int16(POLLOUT), revents: 0)
          _ = unsafe poll(&request, 1, -1)
        }
      }
    }
  }

  /// Tells one thing on standard error; a closed one can't be told anything.
  static func warn(_ diagnostic: Diagnostic) {
    _ = try? FileDescriptor.standardError.writeAll((diagnostic.line + "\n").utf8)
  }
}
