package import Check
package import FileTree

/// What checking the programs of one root came to, and where that root is.
package struct RootReport {
  package let report: CheckReport
  /// The archive or image, as it was named; nil for a root of the host.
  package let bundle: String?
  /// What its image is called by; nil for what is none.
  let image: String?
  /// In the order in which they were met.
  let faults: [CheckFault]
  /// Where a file of the root is, as a URI reference.
  let uri: (RootPath) -> String

  package init(
    _ report: CheckReport, bundle: String? = nil, image: String? = nil,
    faults: [CheckFault] = [], uri: @escaping (RootPath) -> String
  ) {
    self.image = image
    self.faults = faults
    self.report = report
    self.bundle = bundle
    self.uri = uri
  }

  /// The bundle, with its image unless that is the only one.
  func title(_ isOnly: Bool) -> String? {
    bundle.map { $0 + (isOnly ? "" : image.map { " (\($0))" } ?? "") }
  }
}
