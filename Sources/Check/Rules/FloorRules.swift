internal import ELF
internal import FileTree
internal import Loader

/// The oldest system that can run a closure, and which object makes it so.
extension ClosureFacts {
  /// What raises the floor of each package most; the first object in load order of several.
  func floors() -> [FloorRaise] {
    var highest: [(place: Int, need: ReleaseNeed)] = []
    for (place, need) in releaseNeeds {
      if let known = highest.firstIndex(where: { $0.need.package == need.package }) {
        if highest[known].need.release < need.release { highest[known] = (place, need) }
      } else {
        highest.append((place, need))
      }
    }
    return highest.map { place, need in
      FloorRaise(
        floor: floor(need, symbols: symbols(of: place, in: [need])), object: found(place),
        chain: chain(to: place))
    }
  }

  /// Objects that need a newer release than is allowed, each with all symbols that do.
  func releasesBeyond(_ policy: CheckPolicy) -> [Finding] {
    releaseNeeds.compactMap { place, need in
      guard let maximum = need.package == .glibc ? policy.maximumGlibc : policy.maximumGCC,
        maximum < need.release
      else { return nil }
      let versions = graph.objects[place].image.dynamic?.versions ?? VersionTables()
      let needs = ReleaseNeed.all(in: versions)
        .filter { $0.package == need.package && maximum < $0.release }
      return finding(
        .releaseFloor(floor(need, symbols: symbols(of: place, in: needs)), maximum: maximum),
        at: place)
    }
  }

  /// GLIBC_PRIVATE changes with every build, so who uses it can't move to another one.
  func privateVersions(_ policy: CheckPolicy) -> [Finding] {
    guard policy.maximumGlibc != nil else { return [] }
    return ownPlaces.compactMap { place in
      guard !isPart(place, of: .glibc) else { return nil }
      let need = graph.objects[place].image.dynamic?.versions.needs.first { need in
        need.references.contains { $0.version.name == Self.privateVersion }
      }
      return need.map { finding(.privateVersion(library: $0.library), at: place) }
    }
  }

  func processorsBeyond(_ policy: CheckPolicy) -> [Finding] {
    guard let maximum = policy.maximumLevel else { return [] }
    return ownPlaces.compactMap { place in
      let levels = graph.objects[place].image.neededISALevels
      guard levels >> UInt32(maximum) != 0 else { return nil }
      return finding(.processorFloor(levels: levels, maximum: maximum), at: place)
    }
  }

  /// The newest release of each package that each object asks for, by the object's place; what belongs
  /// to a package changes with it.
  private var releaseNeeds: [(place: Int, need: ReleaseNeed)] {
    ownPlaces.flatMap { place in
      (objects[place]?.floors ?? []).filter { !isPart(place, of: $0.package) }
        .map { (place, $0) }
    }
  }

  private func floor(_ need: ReleaseNeed, symbols: [ByteString]) -> ReleaseFloor {
    ReleaseFloor(
      package: need.package, release: need.release, version: need.reference.version.name,
      library: need.library, symbols: symbols)
  }

  private func symbols(of place: Int, in needs: [ReleaseNeed]) -> [ByteString] {
    let versions = Set(needs.map { $0.reference.index & ~SymbolVersion.hiddenBit })
    guard let symbols = objects[place]?.tables.symbols else { return [] }
    return symbols.names { index, symbol in
      symbol.isUndefined
        && symbols.version(of: index).map { versions.contains($0 & ~SymbolVersion.hiddenBit) }
          == true
    }
  }

  // MARK: Packages

  private static let privateVersion: ByteString = "GLIBC_PRIVATE"

  /// Whether an object comes with a package, so that its needs aren't the program's.
  private func isPart(_ place: Int, of package: ReleasePackage) -> Bool {
    guard let versions = graph.objects[place].image.dynamic?.versions else { return false }
    func defines(_ prefix: ByteString) -> Bool {
      versions.definitions?.contains { $0.version.name.hasPrefix(prefix) } == true
    }
    switch package {
    case .gcc: return defines("GLIBCXX_") || (defines("GCC_") && !defines("GLIBC_"))
    case .glibc:
      if place == graph.interpreter || defines(Self.privateVersion) { return true }
      // Another project's library has versions of its own beside those that it takes the place of.
      if let own = versions.definitions?.filter({ !$0.isBase }), !own.isEmpty,
        own.allSatisfy({ $0.version.name.hasPrefix("GLIBC_") })
      {
        return true
      }
      let asksForPrivate = versions.needs.contains { need in
        need.references.contains { $0.version.name == Self.privateVersion }
      }
      return asksForPrivate && liesWithGlibc(place)
    }
  }

  /// NSS and gconv modules lie beside the libraries that they came with, or below.
  private func liesWithGlibc(_ place: Int) -> Bool {
    let directories = ownPlaces.filter { place in
      graph.objects[place].image.dynamic?.versions.definitions?.contains {
        $0.version.name == Self.privateVersion
      } == true
    }.map { graph.objects[$0].file.real.parent }
    return directories.contains { graph.objects[place].file.real.isInside($0) }
  }
}
