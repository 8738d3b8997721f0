/// What can be demanded of every object of a closure.
package enum HardeningProperty: String, CaseIterable, Hashable, Sendable {
  case pie, relro
  case bindNow = "bind-now"
  case nx, canary, fortify, ibt
  case shadowStack = "shadow-stack"
  case bti, pac
  case searchPath = "search-path"
  case textRelocations = "no-text-relocations"
  case setUserID = "no-set-user-id"

  /// The rule that is broken without it.
  package var rule: Rule {
    switch self {
    case .pie: .fixedAddress
    case .relro: .noRelro
    case .bindNow: .lazyBinding
    case .nx: .executableStack
    case .canary: .noCanary
    case .fortify: .notFortified
    case .ibt: .noIndirectBranchTracking
    case .shadowStack: .noShadowStack
    case .bti: .noBranchTargets
    case .pac: .noPointerAuthentication
    case .searchPath: .unsafeSearchPath
    case .textRelocations: .textRelocations
    case .setUserID: .setUserID
    }
  }

  /// Whether a lack is told without being asked for: somebody did something, rather than not.
  var isAlwaysTold: Bool {
    switch self {
    case .nx, .searchPath, .textRelocations: true
    case .pie, .relro, .bindNow, .canary, .fortify, .ibt, .shadowStack, .bti, .pac, .setUserID:
      false
    }
  }
}
