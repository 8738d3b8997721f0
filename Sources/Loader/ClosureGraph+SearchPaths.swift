internal import ELF
package import FileTree

/// One element of an object's own search path.
package struct SearchPathElement: Hashable, Sendable {
  /// As it stands in the object: tokens unexpanded.
  package let text: ByteString
  /// With tokens replaced; nil if one has no value.
  package let expanded: ByteString?

  /// Whether it begins where the object lies.
  package var followsOrigin: Bool { DynamicStringTokens.mentionsOrigin(text) }
}

extension ClosureGraph {
  /// The search path that an object names and its loader reads: DT_RUNPATH, or DT_RPATH without it.
  ///
  /// musl skips empty elements (`ldso/dynlink.c`, `path_open`); to glibc they are the working directory
  /// (`elf/dl-load.c`, `fillin_rpath`).
  package func searchPath(
    of object: Int
  ) -> (rule: SearchRule, elements: [SearchPathElement])? {
    let dynamic = objects[object].image.dynamic
    guard let text = dynamic?.runpath ?? dynamic?.rpath else { return nil }
    // An empty text is no path at all.
    let texts = text.isEmpty ? [] : text.split { $0 == UInt8(ascii: ":") }
    let elements = texts.compactMap { text in
      text.isEmpty && libc == .musl
        ? nil : SearchPathElement(text: text, expanded: expand(text, of: object))
    }
    return (dynamic?.runpath == nil ? .rpath : .runpath, elements)
  }
}
