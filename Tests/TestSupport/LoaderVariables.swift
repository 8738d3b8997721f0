package import FileTree
package import Loader

extension LoaderVariables {
  package init(libraryPath: ByteString? = nil, preload: ByteString? = nil, audit: ByteString? = nil)
  {
    self.init()
    self.libraryPath = libraryPath
    self.preload = preload
    self.audit = audit
  }
}
