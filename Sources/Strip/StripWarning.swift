package import ELF
package import FileTree

/// What stripping couldn't do, and went on. Paths are in the bundle.
package enum StripWarning: Hashable, Sendable {
  /// A file could be stripped and ships as it is.
  case kept(RootPath, KeptReason)
  /// Two objects have one place for debugging data of their own: that of the second is lost.
  case debuggingDataTwice(place: RootPath, kept: RootPath, lost: RootPath)
}

/// Why a file that could be stripped ships as it is. A tool is told by its name.
package enum KeptReason: Error, Hashable, Sendable {
  case unreadable(ElfReadError)
  /// The headers point beyond the file's end.
  case truncated
  /// More headers than the plain fields can count, or headers of another size.
  case unusualTables
  /// In bytes from the file's beginning: content that no section or segment holds.
  case strayData(offset: UInt64)
  /// A section that can't be named to a tool.
  case unnameableSection(ByteString)
  /// The tool said this, in its first line.
  case toolFailed(String, ToolEnding, said: ByteString)
  case nothingWritten(tool: String)
  case damagedOutput(tool: String)
  case noDebuggingData(tool: String)
  case difference(tool: String, StripDifference)
}

/// How a tool ended without success.
package enum ToolEnding: Hashable, Sendable {
  case exited(Int32)
  case killed(signal: Int32)
}

/// What a tool changed of what runs, or of what a program may read of its own file.
package enum StripDifference: Hashable, Sendable {
  case header
  case segments
  case segmentContent
  /// Sections that aren't debugging data are missing.
  case sections
  case sectionContent(ByteString)
}
