internal import Archive
internal import FileTree
internal import Loader

extension SearchEnvironment {
  /// The loader's surroundings in a bundle: those that it states itself, and over them these.
  func inside(_ bundle: ReadBundle) -> SearchEnvironment {
    var environment = self
    let image = bundle.configuration ?? RunConfiguration()
    environment.workingDirectory = RootPath(normalising: ByteString(image.workingDirectory ?? "/"))
    var set = LoaderVariables()
    for text in image.environment { set.set(ByteString(text)) }
    environment.variables.libraryPath = self.variables.libraryPath ?? set.libraryPath
    environment.variables.preload = self.variables.preload ?? set.preload
    environment.variables.audit = self.variables.audit ?? set.audit
    return environment
  }
}

extension LoaderVariables {
  /// Takes `NAME=VALUE` if a loader heeds it.
  fileprivate mutating func set(_ text: ByteString) {
    let name = text.bytes.prefix { $0 != UInt8(ascii: "=") }
    let value = ByteString(text.bytes.dropFirst(name.count + 1))
    switch ByteString(name) {
    case "LD_LIBRARY_PATH": libraryPath = value
    case "LD_PRELOAD": preload = value
    case "LD_AUDIT": audit = value
    default: break
    }
  }
}
