package import FileTree
package import Secrets

/// Why something isn't packed by default.
package enum SensitiveReason: Hashable, Sendable {
  /// Its content, place or name.
  case secret(SecretRule)
  case home(RootPath)
  /// Not everybody may read it, or enter the directory above it that is named.
  case notForEverybody(RootPath)

  /// By which a false alarm is told.
  package var rule: String {
    switch self {
    case .secret(let rule): rule.name
    case .home: "home"
    case .notForEverybody: "mode"
    }
  }

  /// - Parameter path: what it is the reason for.
  package func text(for path: RootPath) -> String {
    switch self {
    case .secret(let rule): rule.what
    case .home(let home): "in the home \(home)"
    case .notForEverybody(path): "not everybody may read it"
    case .notForEverybody(let place): "not everybody may enter \(place)"
    }
  }
}
