package import FileTree

/// A link that an administrator or a priority chose the target of.
///
/// Source: update-alternatives(1).
package struct Alternative: Hashable, Sendable {
  /// The link below `/etc/alternatives`, by its name.
  package let name: ByteString
  /// As programs know it: absolute.
  package let link: RootPath
}
