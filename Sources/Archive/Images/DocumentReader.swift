internal import FileTree
internal import FoundationEssentials

/// Reads the JSON of an image, and holds each document against what refers to it.
final class DocumentReader {
  private let files: any LayoutFiles
  private let reading: Reading
  /// All that something refers to, or that is known by its name.
  private(set) var referenced: Set<RootPath> = ["/oci-layout", "/index.json", "/manifest.json"]

  init(files: any LayoutFiles, reading: Reading) {
    self.files = files
    self.reading = reading
  }

  /// A document that has a name of its own.
  func document<Document: Decodable>(
    at path: RootPath, as type: Document.Type
  ) throws(ArchiveReadError) -> Document {
    try decode(try content(of: path), as: type, at: path)
  }

  func dockerImages() throws(ArchiveReadError) -> [DockerImageDocument] {
    try document(at: "/manifest.json", as: [DockerImageDocument].self)
  }

  /// A document that a descriptor refers to; nil if it isn't there.
  ///
  /// - Returns: also the digest of what is there.
  func document<Document: Decodable>(
    _ descriptor: DescriptorDocument, as type: Document.Type
  ) throws(ArchiveReadError) -> (Document, ContentDigest)? {
    let (path, stated) = try blob(descriptor)
    guard let size = try files.size(of: path) else { return nil }
    try check(size, descriptor, at: path)
    let content = try content(of: path)
    let actual = ContentDigest(of: content)
    check(actual, stated, at: path)
    return (try decode(content, as: type, at: path), actual)
  }

  /// Where a blob lies, and the digest that it is named by (OCI image-spec, image-layout.md, "Blobs").
  func blob(
    _ descriptor: DescriptorDocument
  ) throws(ArchiveReadError) -> (RootPath, ContentDigest) {
    guard let digest = ContentDigest(text: descriptor.digest) else {
      throw .damaged(ArchivePlace(), .digest(descriptor.digest))
    }
    let path = RootPath(normalising: ByteString("/blobs/sha256/" + digest.hexadecimal))
    referenced.insert(path)
    return (path, digest)
  }

  /// A file that docker's manifest names, wherever it lies in the archive.
  func file(named name: String) -> RootPath {
    let path = RootPath(normalising: ByteString(name))
    referenced.insert(path)
    return path
  }

  func check(
    _ size: UInt64, _ descriptor: DescriptorDocument, at path: RootPath
  ) throws(ArchiveReadError) {
    guard size == descriptor.size else {
      throw .damaged(
        ArchivePlace(file: path), .size(stated: descriptor.size, actual: size))
    }
  }

  func check(_ actual: ContentDigest, _ stated: ContentDigest, at path: RootPath) {
    guard actual != stated else { return }
    reading.report(.digest(stated: stated, actual: actual), at: ArchivePlace(file: path))
  }

  func check(_ stated: String?, is expected: MediaType, at path: RootPath) {
    guard let stated, MediaType(stated) != expected else { return }
    reading.report(
      .mediaType(stated: stated, actual: expected.text), at: ArchivePlace(file: path))
  }

  func content(of path: RootPath) throws(ArchiveReadError) -> [UInt8] {
    let place = ArchivePlace(file: path)
    guard let size = try files.size(of: path) else { throw .damaged(place, .missing) }
    try reading.spend(.documentSize, Int(clamping: size), at: place)
    var content: [UInt8] = []
    let source = try files.source(of: path)
    while true {
      let piece = try source.next()
      guard !piece.isEmpty else { break }
      content += piece
    }
    return content
  }

  func decode<Document: Decodable>(
    _ content: [UInt8], as type: Document.Type, at path: RootPath
  ) throws(ArchiveReadError) -> Document {
    do {
      return try JSONDecoder().decode(type, from: Data(content))
    } catch {
      throw .damaged(ArchivePlace(file: path), .document(field: Self.field(error)))
    }
  }

  /// The way to the field that isn't what it has to be; nil if it is no JSON at all.
  private static func field(_ error: any Error) -> String? {
    guard let error = error as? DecodingError else { return nil }
    let path: [any CodingKey] =
      switch error {
      case .keyNotFound(let key, let context): context.codingPath + [key]
      case .typeMismatch(_, let context), .valueNotFound(_, let context),
        .dataCorrupted(let context):
        context.codingPath
      @unknown default: []
      }
    guard !path.isEmpty else { return nil }
    return path.map { key in key.intValue.map { "[\($0)]" } ?? key.stringValue }
      .joined(separator: ".").replacing(".[", with: "[")
  }
}
