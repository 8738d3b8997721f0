/// Why a check ends with an error, beside its findings.
package struct CheckFault: Encodable {
  /// `damaged`: something is wrong with the archive or image itself; `unchecked`: something can't be checked.
  package enum Kind: String, Encodable { case damaged, unchecked }

  let kind: Kind
  @Nullable var bundle: String?
  @Nullable var image: String?
  let message: String

  /// - Parameter message: one line, in a form for every terminal.
  package init(_ kind: Kind, bundle: String? = nil, image: String? = nil, message: String) {
    self.kind = kind
    _bundle = Nullable(wrappedValue: bundle)
    _image = Nullable(wrappedValue: image)
    self.message = message
  }

  /// As it begins a line of a report.
  var label: String {
    switch kind {
    case .damaged: "damaged"
    case .unchecked: "not checked"
    }
  }
}
