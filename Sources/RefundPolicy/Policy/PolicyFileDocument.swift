internal import Yams

/// A policy file's text as a tree that knows its lines.
struct PolicyFileDocument {
    let fileName: String
    let root: Node

    /// Reads one YAML document, and nothing that a policy file has no use for: no aliases, and nothing past the limits.
    init(yaml: String, fileName: String) throws(PolicyError) {
        self.fileName = fileName
        func failure(_ place: TextPlace, _ problem: String, _ remedy: String, field: String = "") -> PolicyError {
            PolicyError(
                file: fileName, line: place.line, column: place.column, field: field, problem: problem, remedy: remedy)
        }
        let start = TextPlace()
        // Some editors put a byte order mark before the text.
        let yaml = yaml.unicodeScalars.first == "\u{FEFF}" ? String(yaml.unicodeScalars.dropFirst()) : yaml
        guard yaml.utf8.count <= PolicyFileLimits.fileBytes else {
            throw failure(
                start, "the file is larger than \(PolicyFileLimits.fileBytes) bytes", "keep only what the policy needs")
        }
        if let (place, name) = firstAlias(in: yaml) {
            throw failure(place, "the alias *\(name) repeats what is written elsewhere", "write its value out")
        }
        if let (place, code) = firstForbiddenCharacter(in: yaml) {
            let hexadecimal = String(code, radix: 16, uppercase: true)
            throw failure(place, "there is a control character, U+\(hexadecimal)", "remove it")
        }
        let composed: Node?
        do {
            // The basic resolver takes every value for text: what it means is for the field to say.
            composed = try compose(yaml: yaml, .basic, .default, .utf8)
        } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
            let found = repeatedKey(in: yaml, firstAt: TextPlace(context.mark))
            throw failure(
                found?.place ?? TextPlace(context.mark), "the key is written twice", "keep one of the two",
                field: found?.field ?? shortened(keys.first ?? ""))
        } catch YamlError.scanner(let context, let problem, let mark, _) {
            throw failure(TextPlace(mark), notYAML(context, problem), "correct the text there, or just before it")
        } catch YamlError.parser(let context, let problem, let mark, _) {
            throw failure(TextPlace(mark), notYAML(context, problem), "correct the text there, or just before it")
        } catch YamlError.composer(let context, let problem, let mark, _) {
            throw failure(TextPlace(mark), notYAML(context, problem), "write one document, without anchors and aliases")
        } catch {
            throw failure(start, "the file cannot be read as YAML", "write it anew in a plain text editor, as UTF-8")
        }
        guard let composed else {
            throw failure(start, "the file is empty", "write a policy with name and versions, or set no policy file")
        }
        root = composed
    }
}

private func notYAML(_ context: YamlError.Context?, _ problem: String) -> String {
    "this is no YAML: " + (context.map { $0.text + ", " } ?? "") + problem
}

/// The first `*name` in the text that has an `&name` somewhere before it.
///
/// A few aliases of aliases can stand for a tree of billions of values, and comparing keys walks through all of them;
/// so they must be found before the text is composed. An alias needs an anchor of the same name, whatever quotes and
/// comments the two may stand in: looking for both names in the bare text misses none.
private func firstAlias(in yaml: String) -> (place: TextPlace, name: String)? {
    var anchors: Set<String> = []
    return firstPlaced(in: yaml) { place, scalar, rest in
        guard scalar == "&" || scalar == "*" else { return nil }
        let name = String(rest.prefix(while: isAnchorCharacter))
        if scalar == "&" { anchors.insert(name) }
        return scalar == "*" && !name.isEmpty && anchors.contains(name) ? (place, name) : nil
    }
}

private func isAnchorCharacter(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "A"..."Z", "a"..."z", "0"..."9", "_", "-": true
    default: false
    }
}

/// The first character that YAML does not allow; found before the parser does, which could not tell its line.
private func firstForbiddenCharacter(in yaml: String) -> (place: TextPlace, code: UInt32)? {
    firstPlaced(in: yaml) { place, scalar, _ in
        switch scalar.value {
        case 0x09, 0x0A, 0x0D, 0x20...0x7E, 0x85, 0xA0...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD,
            0x1_0000...0x10_FFFF:
            nil
        default:
            (place, scalar.value)
        }
    }
}
