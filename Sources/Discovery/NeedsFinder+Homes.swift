internal import ELF
internal import FileTree
internal import Loader

extension NeedsFinder {
  /// Lets programs that move and find what is theirs from their own place move with their homes: there
  /// they lie as before, and a link leads to them from where they are started.
  mutating func house(_ inputs: inout DiscoveryInputs) {
    homes = [:]
    guard policy.counts(ProgramHome.topic) else { return }
    let order = inputs.subjects.indices.sorted {
      inputs.subjects[$0].order < inputs.subjects[$1].order
    }
    for index in order where inputs.subjects[index].reason == .program {
      let subject = inputs.subjects[index]
      guard let destination = subject.destination, let home = home(of: subject) else { continue }
      let place =
        homes[home.directory] ?? Self.place(for: home, of: destination)
        ?? freePlace(for: home, inputs)
      homes[home.directory] = place
      let file = home.names.reduce(place) { $0.appending($1) }
      guard file != destination else { continue }
      inputs.subjects[index] = NeededSubject(
        path: subject.path, destination: file, reason: subject.reason, closures: subject.closures)
      for number in inputs.programs.indices
      where inputs.programs[number].path == subject.path
        && inputs.programs[number].destination == destination
      {
        inputs.programs[number].file = file
      }
    }
  }

  /// The home that goes into the bundle with a program.
  private mutating func home(of subject: NeededSubject) -> ProgramHome? {
    let program = subject.closures.graph.subject
    guard program.image.isProgram, let home = ProgramHome(around: program.file.real, in: &root)
    else { return nil }
    let asks = subject.closures.all.flatMap(\.objects).contains { object in
      home.question(
        in: object.file.real,
        isDynamic: !object.image.isProgram || object.image.interpreter != nil, in: &root) != nil
    }
    guard asks, let size = home.size(in: root),
      size <= ProgramHome.sizeLimit || policy.wanted.contains(ProgramHome.topic)
    else { return nil }
    return home
  }

  /// The place of a home whose program is to be where it lies in such a one; nil for any other.
  private static func place(for home: ProgramHome, of destination: RootPath) -> RootPath? {
    let place = destination.parent.parent
    return !place.isRoot && destination.names.suffix(2).elementsEqual(home.names) ? place : nil
  }

  private func freePlace(for home: ProgramHome, _ inputs: DiscoveryInputs) -> RootPath {
    let taken = Set(
      Array(homes.values) + inputs.programs.compactMap(\.destination)
        + inputs.additions.compactMap(\.destination))
    let name = home.directory.name
    let place = RootPath.root.appending(name)
    if !ProgramHome.systemTops.contains(name), !taken.contains(place) { return place }
    let opt: RootPath = "/opt"
    var (other, number) = (opt.appending(name), 2)
    while taken.contains(other) {
      other = opt.appending(name + ByteString("-\(number)"))
      number += 1
    }
    return other
  }

  /// Where something of the root goes: what lies in a home that moves goes along.
  ///
  /// - Parameter source: in-root, links unresolved.
  mutating func housed(
    _ source: ByteString, _ file: ResolvedPath, at destination: RootPath?
  ) -> (source: ByteString, destination: RootPath?) {
    guard destination == nil, !homes.isEmpty else { return (source, destination) }
    for (home, place) in homes where file.real.isInside(home) {
      return (source, Self.moved(file.real, from: home, to: place))
    }
    // A link of the home ships with that; what it leads to stays where it is.
    let link = root.resolve(source.directoryPart)?.real
    let isLink = link.map { link in homes.keys.contains { link.isInside($0) } } ?? false
    return (isLink ? file.real.text : source, nil)
  }

  private static func moved(_ path: RootPath, from home: RootPath, to place: RootPath) -> RootPath {
    path.names.dropFirst(home.names.count).reduce(place) { $0.appending($1) }
  }
}
