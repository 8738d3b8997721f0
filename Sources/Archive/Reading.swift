internal import FileTree
internal import SystemPackage

/// One reading of one input: what it has spent of its limits, and what it has found.
final class Reading {
  let options: ReadOptions
  private(set) var violations: [Violation] = []
  private var furtherViolations = 0
  private var spent: [ReadLimits.Kind: UInt64] = [:]
  private var contentSize: UInt64 = 0
  private var holeSize: UInt64 = 0

  var limits: ReadLimits { options.limits }

  init(options: ReadOptions) {
    self.options = options
  }

  func report(_ fault: Violation.Fault, at place: ArchivePlace) {
    if violations.count < limits.violationCount {
      violations.append(Violation(fault, at: place))
    } else {
      furtherViolations += 1
    }
  }

  func report(_ violations: [Violation]) {
    for violation in violations { report(violation.fault, at: violation.place) }
  }

  /// All that was found, in the order of reading.
  var findings: [Violation] {
    guard furtherViolations > 0 else { return violations }
    return violations + [Violation(.more(furtherViolations), at: ArchivePlace())]
  }

  /// All that was found since the last time: what is found from now on is another image's.
  func takeFindings() -> [Violation] {
    defer { (violations, furtherViolations) = ([], 0) }
    return findings
  }

  /// Begins with the next image, of which as much stays in memory as of the one before.
  func beginImage() {
    (spent[.entryCount], spent[.metadataSize]) = (nil, nil)
  }

  /// Counts bytes that were read of an archive, at any place where there may be too many; the place to be
  /// asked for an interruption, too.
  func spend(bytes: Int, at place: @autoclosure () -> ArchivePlace) throws(ArchiveReadError) {
    if let signal = options.interruption() { throw .interrupted(signal: signal) }
    contentSize += UInt64(bytes)
    guard contentSize <= limits.contentSize else {
      throw .beyondLimit(place(), .contentSize, limits.contentSize)
    }
  }

  /// Counts zeros that no archive holds: as much as other content, and as much as a compression that is no
  /// file system's.
  func spend(hole count: Int, at place: ArchivePlace) throws(ArchiveReadError) {
    let stored = contentSize - holeSize
    holeSize += UInt64(count)
    try spend(bytes: count, at: place)
    guard holeSize <= limits.ratioThreshold || holeSize / max(1, stored) < limits.compressionRatio
    else { throw .beyondLimit(place, .compressionRatio, limits.compressionRatio) }
  }

  /// Counts against a limit that is for all of an input.
  func spend(
    _ kind: ReadLimits.Kind, _ count: Int, at place: ArchivePlace
  ) throws(ArchiveReadError) {
    let sum = spent[kind, default: 0] + UInt64(count)
    spent[kind] = sum
    guard sum <= limits.value(of: kind) else {
      throw .beyondLimit(place, kind, limits.value(of: kind))
    }
  }

  /// Holds one size against a limit.
  func check(
    _ kind: ReadLimits.Kind, _ size: UInt64, at place: ArchivePlace
  ) throws(ArchiveReadError) {
    guard size <= limits.value(of: kind) else {
      throw .beyondLimit(place, kind, limits.value(of: kind))
    }
  }
}
