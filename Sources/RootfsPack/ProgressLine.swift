internal import Glibc
internal import Report
internal import SystemPackage

/// A progress bar on the terminal's standard error, shown once a pack takes long.
final class ProgressLine {
  private let total: UInt64
  private let style: TextStyle
  private let isShown: Bool
  private let start = ContinuousClock.now
  private var lastDrawn: ContinuousClock.Instant?

  private static let delay = Duration.milliseconds(400)
  private static let interval = Duration.milliseconds(100)

  init(total: UInt64, isShown: Bool, environment: ProcessEnvironment) {
    self.total = total
    style = Terminal.style(of: .standardError, environment: environment)
    self.isShown = isShown && style.width != nil
  }

  func show(_ done: UInt64) {
    guard isShown, total > 0 else { return }
    let now = ContinuousClock.now
    guard now - start >= Self.delay, lastDrawn.map({ now - $0 >= Self.interval }) ?? true else {
      return
    }
    lastDrawn = now
    let label = " \(renderSize(done)) of \(renderSize(total))"
    let width = max(10, min(50, (style.width ?? 80) - label.count - 3))
    let filled = Int(Double(width) * Double(done) / Double(total))
    let bar =
      String(repeating: "#", count: filled) + String(repeating: "-", count: width - filled)
    _ = try? FileDescriptor.standardError.writeAll("\r[\(bar)]\(label)".utf8)
  }

  func clear() {
    guard lastDrawn != nil else { return }
    _ = try? FileDescriptor.standardError.writeAll("\r\u{1B}[K".utf8)
  }
}
