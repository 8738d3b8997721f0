internal import FileTree

/// The image formats of gdk-pixbuf that aren't built into it.
///
/// Source: gdk-pixbuf `gdk-pixbuf/gdk-pixbuf-io.c` (`gdk_pixbuf_io_init`): in `loaders.cache`, below the
/// library's directory, a line with nothing but a quoted path names a module.
struct GdkPixbufLoaders: NeedSource {
  private let topic = Topic("gdk-pixbuf")

  mutating func needs(of object: ObservedObject, in root: inout RootView) -> [RuntimeNeed] {
    guard object.name.hasPrefix("libgdk_pixbuf-2.0.so") else { return [] }
    let directories = [object.path.directoryPart, object.real.parent.text]
    let caches = directories.flatMap {
      PathPattern.paths(matching: $0 + "/gdk-pixbuf-2.0/*/loaders.cache", in: &root)
    }
    // The same directory may have two names.
    guard let cache = caches.first else { return [] }
    var needs: [RuntimeNeed] = []
    for (number, text) in root.lines(at: cache) {
      let words = ConfigurationText.quotedWords(text)
      guard words.count == 1, words[0].hasSuffix(".so"), !text.hasPrefix("#") else { continue }
      let path = ConfigurationText.path(words[0], in: cache.directoryPart.directoryPart)
      needs.append(
        topic.registered(
          .line(number, of: cache),
          [.library(names: [path], caller: object.name), .path(cache, at: nil)],
          isEssential: true, purpose: "an image format of gdk-pixbuf"))
    }
    return needs
  }
}
