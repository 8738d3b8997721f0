package import SystemPackage

/// One thing to write.
package struct Output: Sendable {
  package enum Target: Hashable, Sendable {
    /// A host path.
    case path(FilePath)
    case standardOutput
  }

  package let target: Target
  package let format: OutputFormat

  package init(_ target: Target, format: OutputFormat) {
    self.target = target
    self.format = format
  }

  /// What the user calls it.
  var name: FilePath {
    switch target {
    case .path(let path): path
    case .standardOutput: "standard output"
    }
  }
}

/// What became of an output.
package struct WrittenOutput: Sendable {
  package let output: Output
  /// In bytes: of the file, or of all files of a directory.
  package let size: UInt64
  /// `sha256:` and the digest of an image's manifest or index.
  package let digest: String?
}
