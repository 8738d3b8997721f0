package import Check
package import FileTree

/// What checking the programs of one root came to, and where that root is.
package struct RootReport {
  package let report: CheckReport
  /// The archive or image, as it was named; nil for a root of the host.
  package let bundle: String?
  /// Where a file of the root is, as a URI reference.
  let uri: (RootPath) -> String

  package init(
    _ report: CheckReport, bundle: String? = nil, uri: @escaping (RootPath) -> String
  ) {
    self.report = report
    self.bundle = bundle
    self.uri = uri
  }
}
