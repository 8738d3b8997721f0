internal import FileTree

/// The image formats and filters of ImageMagick, and its configuration.
///
/// Source: ImageMagick `magick/module.c` (`GetMagickModulePath`: MAGICKCORE_CODER_PATH and
/// MAGICKCORE_FILTER_PATH), `magick/configure.c` (`GetConfigurePaths`), all of them constants of the
/// library.
struct MagickModules: NeedSource {
  private let topic = Topic("imagemagick")

  mutating func needs(of object: ObservedObject, in root: inout RootView) -> [RuntimeNeed] {
    guard object.name.hasPrefix("libMagickCore-") else { return [] }
    let directories = ObjectStrings(of: object, in: &root)
      .directories(containing: "/ImageMagick-", in: &root)
      .filter {
        !$0.hasPrefix("/usr/share/doc/") && !ConfigurationText.contains("/include/", in: $0)
      }
    var wishes: [Wish] = []
    for directory in directories {
      for name in root.names(in: directory) {
        let path = ConfigurationText.path(name, in: directory)
        // A `.la` file says where the module beside it is.
        if name.hasSuffix(".so") { wishes.append(.library(names: [path], caller: object.name)) }
        if name.hasSuffix(".la") || name.hasSuffix(".xml") { wishes.append(.path(path, at: nil)) }
      }
    }
    guard !wishes.isEmpty else { return [] }
    return [
      topic.registered(
        .host(object), wishes, isEssential: true, purpose: "image formats of ImageMagick")
    ]
  }
}
