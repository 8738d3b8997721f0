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

  /// Writes all of the text; a reader that has gone away ends the run quietly.
  static func write(_ text: String, to stream: FileDescriptor) throws(Diagnostic) {
    do {
      try writeAll(text, to: stream)
    } catch Errno.brokenPipe {
      exit(ExitStatus.done.rawValue)
    } catch {
      throw Diagnostic("standard output: \(error)")
    }
  }

  /// Writes piece by piece: the library's `writeAll` takes any sequence, and the first one of a kind
  /// costs the start as much as the rest of the work.
  private static func writeAll(_ text: String, to stream: FileDescriptor) throws {
    var text = text
    try text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while unsafe !rest.isEmpty {
        let written = try unsafe stream.write(rest)
        unsafe rest = UnsafeRawBufferPointer(rebasing: rest[written...])
      }
    }
  }

  /// Tells one thing on standard error; a closed one can't be told anything.
  static func warn(_ diagnostic: Diagnostic) {
    _ = try? FileDescriptor.standardError.writeAll((diagnostic.line + "\n").utf8)
  }
}
