internal import Archive
internal import FileTree
internal import Report
internal import SystemPackage
internal import Verify

extension Diagnostic {
  /// - Parameter input: as the user names it.
  init(_ error: ArchiveReadError, of input: FilePath) {
    switch error {
    case .input(let path, let cause):
      self.init(
        "\(ByteString(path)): \(Self.describe(cause))",
        remedy: cause == .noSuchFileOrDirectory && path == input ? "check the path" : nil)
    case .inputKind(let path, let kind):
      self.init(
        "\(ByteString(path)): is a \(kind)",
        remedy: "name an archive, an image or a directory")
    case .unknownFormat(let path, let format):
      self.init(
        "\(ByteString(path)): \(format?.text ?? "is neither an archive nor an image")",
        remedy: format?.remedy ?? "tar, cpio (newc), OCI and docker archives can be read")
    case .changed(let path):
      self.init(
        "\(ByteString(path)): changed while it was read",
        remedy: "run again when nothing writes to it")
    case .temporaryDirectory(let directory, let cause):
      self.init(
        "\(ByteString(directory)): the content can't be unpacked here: \(Self.describe(cause))",
        remedy: "name another place for temporary files with the variable TMPDIR")
    case .unpacking(let path, .notPermitted):
      self.init(
        "\(ByteString(input)): \(path) can't be given to its owner", remedy: "run as root")
    case .unpacking(let path, let cause):
      self.init(
        "\(ByteString(input)): \(path) can't be unpacked: \(Self.describe(cause))",
        remedy: "name another place for temporary files with the variable TMPDIR")
    case .noSpace(let directory, let size):
      self.init(
        "\(ByteString(directory)): no space left to unpack \(ByteString(input))"
          + (size > 0 ? ", of which the next file has \(renderSize(size))" : ""),
        remedy: "name a larger place for temporary files with the variable TMPDIR")
    case .damaged(let place, let damage):
      self.init(place.text(in: input) + ": " + damage.text, remedy: damage.remedy)
    case .refused(let place, let refusal):
      self.init(place.text(in: input) + ": " + refusal.text, remedy: refusal.remedy)
    case .beyondLimit(let place, let kind, let limit):
      self.init("\(place.text(in: input)): \(kind.text(limit)), which is refused")
    case .noPlatform(let wanted, let available):
      self.init(
        "\(ByteString(input)): has no image for \(ByteString(wanted.description))",
        remedy: "there is "
          + available.map { ByteString($0.description).description }.joined(separator: ", "),
        status: .usage)
    case .noImage(let name, let available):
      self.init(
        "\(ByteString(input)): "
          + (available.isEmpty
            ? "is no image" : "has no image '\(ByteString(argument: name))'"),
        remedy: available.isEmpty
          ? "leave out --image"
          : "there is " + available.map { ByteString($0).description }.joined(separator: ", "),
        status: .usage)
    case .interrupted(let signal): self.init(interruptedBy: signal)
    }
  }
}

extension Violation {
  /// Where it is in the input, and what and how to mend it.
  var words: (place: String, message: String) {
    (place.text, fault.text + (fault.remedy.map { "; " + $0 } ?? ""))
  }
}

extension VerifyFinding {
  /// Nil for an error that isn't the archive's fault.
  init?(_ error: ArchiveReadError) {
    switch error {
    case .damaged(let place, let damage):
      self.init(.fails, place.text, Self.sentence(damage.text, damage.remedy))
    case .refused(let place, let refusal):
      self.init(.fails, place.text, Self.sentence(refusal.text, refusal.remedy))
    case .beyondLimit(let place, let kind, let limit):
      self.init(.fails, place.text, "\(kind.text(limit)), which is refused")
    case .input, .inputKind, .unknownFormat, .changed, .temporaryDirectory, .unpacking, .noSpace,
      .noPlatform, .noImage, .interrupted:
      return nil
    }
  }

  private static func sentence(_ message: String, _ remedy: String?) -> String {
    message + (remedy.map { "; " + $0 } ?? "")
  }
}

extension ArchivePlace {
  /// The input, the file in it, the name in that, and the offset.
  fileprivate func text(in input: FilePath) -> String {
    var text = ByteString(input).description
    let rest = self.text
    if !rest.isEmpty { text += (file != nil ? ", " : name != nil ? ": " : " ") + rest }
    return text
  }

  /// The same without the input; empty for all of it.
  fileprivate var text: String {
    var parts: [String] = []
    if let file { parts.append("\(ByteString(file.text.bytes.dropFirst()))") }
    if let name, !name.isEmpty { parts.append("\(name)") }
    let text = parts.joined(separator: ": ")
    guard let offset else { return text }
    return (text.isEmpty ? "" : text + " ") + "at offset 0x" + String(offset, radix: 16)
  }
}

extension ForeignFormat {
  fileprivate var text: String {
    switch self {
    case .empty: "is empty"
    case .xz, .bzip2, .lz4, .lzip: "is compressed by \(rawValue), which no engine has to know"
    case .zip: "is a zip archive"
    case .oldCpio: "is a cpio archive of an older kind than newc, which the kernel doesn't unpack"
    case .ar: "is an ar archive or a Debian package"
    case .squashfs: "is a squashfs image"
    case .elf: "is an ELF file, not an archive"
    }
  }

  fileprivate var remedy: String? {
    switch self {
    case .empty: "make it again"
    case .xz, .bzip2, .lz4, .lzip: "compress it by gzip or zstd"
    case .zip, .ar, .squashfs: "make a tar archive of its content"
    case .oldCpio: "write it with cpio --format=newc"
    case .elf: "'rootfs-pack inspect' shows what it loads"
    }
  }
}

extension ArchiveReadError.Damage {
  fileprivate var text: String {
    switch self {
    case .truncated: "ends here, although there has to be more"
    case .compression(let compression, let reason):
      "the \(compression.rawValue) stream is damaged: \(ByteString(reason))"
    case .checksum: "the checksum isn't that of the bytes"
    case .number(let field): "the header's field \(ByteString(field)) isn't a number that can be"
    case .record: "a PAX record is damaged"
    case .header: "the header is damaged"
    case .document(let field?): "isn't the JSON that it has to be, at \(ByteString(field))"
    case .document(nil): "isn't the JSON that it has to be"
    case .digest(let text): "'\(ByteString(text))' isn't a SHA-256 digest"
    case .missing: "is missing, although the image refers to it"
    case .size(let stated, let actual):
      "has \(actual) bytes, although the image says \(stated)"
    case .noImage: "holds no image of a file system"
    }
  }

  fileprivate var remedy: String? {
    switch self {
    case .truncated, .compression, .checksum, .missing: "copy or make it again"
    case .number, .record, .header, .document, .digest, .size, .noImage: nil
    }
  }
}

extension ArchiveReadError.Refusal {
  fileprivate var text: String {
    switch self {
    case .traversal: "a name with .. in it may lead out of the root"
    case .name: "no file can have this name"
    case .belowFile(let path): "lies below \(path), which is no directory"
    case .belowLink(let path): "lies below \(path), which is a link and may lead anywhere"
    case .hardLinkTarget(let target): "is a hard link to \(target), which isn't a file before it"
    case .whiteoutDevice: "is the device 0:0, by which overlay file systems hide what is below"
    case .duplicate: "comes twice, and readers differ in which they take"
    case .trailingSlash: "is a file whose name ends with a slash, of which some make a directory"
    case .prefix: "its name has a prefix in a header that has no place for one"
    case .root: "the root has to be a directory"
    case .strayContent(let size):
      "has \(size) bytes of content, although it is a directory or a link"
    case .contentTwice: "brings the content of a file that has it already"
    case .sparse: "is a sparse file, whose holes readers fill differently"
    case .loneZeroBlock: "goes on behind a block of zeros, where engines expect a second one"
    case .unknownType(let flag): "has the unknown type 0x" + String(flag, radix: 16)
    case .twoHeaders: "has two headers that say the same thing differently"
    case .globalRecord(let keyword):
      "a PAX header says for all entries what their \(keyword) is, which not all readers heed"
    case .linkText: "is a link with a text that no link can have"
    }
  }

  fileprivate var remedy: String? {
    switch self {
    case .sparse: "make the archive without --sparse"
    case .whiteoutDevice: "leave it out: engines make the devices"
    default: nil
    }
  }
}

extension ReadLimits.Kind {
  fileprivate func text(_ limit: UInt64) -> String {
    switch self {
    case .contentSize: "unfolds to more than \(renderSize(limit))"
    case .compressionRatio: "unfolds to more than \(limit) times its size, as no file system does"
    case .compressionWindow: "needs more than \(renderSize(limit)) of memory to decompress"
    case .entryCount: "there are more than \(limit) files"
    case .metadataSize: "names and attributes come to more than \(renderSize(limit))"
    case .nameLength: "the name is longer than \(limit) bytes"
    case .depth: "lies in more than \(limit) directories"
    case .headerSize: "a header is longer than \(renderSize(limit))"
    case .documentSize: "the JSON documents come to more than \(renderSize(limit))"
    case .layerCount: "has more than \(limit) layers"
    }
  }
}

extension Violation.Fault {
  fileprivate var text: String {
    switch self {
    case .digest(let stated, let actual): "its digest is \(actual), not \(stated)"
    case .diffID(let stated, let actual):
      "without its compression its digest is \(actual), but the configuration says "
        + ByteString(stated).description
    case .mediaType(let stated, let actual):
      "is said to be \(ByteString(stated)), and is \(actual)"
    case .layoutVersion(let version): "has the version \(ByteString(version)), not 1.0.0"
    case .platform(let stated, let actual):
      "is said to be for \(ByteString(stated.description)), and is for "
        + ByteString(actual.description).description
    case .diffIDCount(let count, let layers): "has \(count) diff ids for \(layers) layers"
    case .historyCount(let count, let layers):
      "has a history of \(count) layers, and \(layers) layers"
    case .missingBlob: "isn't there, although something refers to it"
    case .unreferenced: "nothing refers to it"
    case .configurationName(let stated, let actual):
      "is named by the digest \(stated.hexadecimal), but its own is \(actual.hexadecimal)"
    case .dockerManifest: "is what docker loads, and no image of index.json"
    case .missingParent: "the directory has no entry"
    case .parentAfterContent: "the directory's entry stands behind what lies in it"
    case .unsorted(let last): "the entries aren't sorted: it stands behind \(last)"
    case .absoluteName: "the name begins with a slash"
    case .repeatedDirectory: "the directory comes twice"
    case .repeatedEntry: "comes twice, and the last one counts; no engine takes it in a layer"
    case .strayContent(let size):
      "is said to have \(size) bytes of content, which nobody looks for"
    case .oddNumber(let field):
      "the header's field \(field) is written so that tars read it and engines don't"
    case .sparse: "is a sparse file in GNU tar's older form, which engines don't unpack"
    case .contiguous: "is of the type for contiguous files, which engines don't unpack"
    case .globalHeader: "has a PAX header for all entries, which umoci doesn't unpack"
    case .linkLeavesRoot(let text):
      "the link's text \(text) leads above the root, and out of it where the tree is unpacked"
    case .hardLinkMetadata:
      "has another owner, time or mode than the file that it is a name of"
    case .hardLinkToLowerLayer: "is a hard link to a file of a lower layer"
    case .replacesLink: "the directory takes the place of a lower layer's link"
    case .replacesDirectory: "takes the place of a lower layer's directory and all that is in it"
    case .whiteoutOfNothing: "hides what no lower layer has"
    case .whiteoutBehind:
      "hides what stands before it in the same layer: some engines remove that, some keep it"
    case .belowWhiteout: "lies below what the layer hides, which engines with overlay refuse"
    case .renewedDirectory:
      "is hidden and made anew, where engines with overlay show what lower layers have in it"
    case .opaqueRoot: "hides all of lower layers, which engines with overlay don't"
    case .repeatedRecord(let keyword): "the PAX record \(keyword) comes twice"
    case .missingEnd, .missingTrailer: "the mark is missing that the archive is complete"
    case .loneZeroBlock: "there is something behind a block of zeros, where engines refuse to read"
    case .bytesBehindEnd: "there is something behind the archive's end"
    case .padding: "the bytes that fill up the block aren't zeros"
    case .bytesBehindCompression: "there is something behind the compressed stream"
    case .special(.socket): "is a socket, which no archive holds, and is left out"
    case .special(let kind): "is a \(kind), which is neither unpacked nor looked at"
    case .more(let count): "\(count) more violations"
    }
  }

  fileprivate var remedy: String? {
    switch self {
    case .digest, .diffID: "it was damaged or changed: copy or make it again"
    case .missingEnd, .missingTrailer: "it may be cut off: copy or make it again"
    case .whiteoutBehind: "put it before"
    case .belowWhiteout: "put an entry for the directory before it"
    case .renewedDirectory: "put .wh..wh..opq into it instead"
    case .replacesLink, .replacesDirectory: "pack for a base image with --overlay-safe"
    default: nil
    }
  }
}
