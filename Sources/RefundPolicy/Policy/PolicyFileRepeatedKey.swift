internal import Yams

/// Where a key is written for the second time, and its path.
///
/// The parser refuses a mapping with a repeated key as a whole, and tells only where the key is written first. So the
/// text is composed again with the first character of that key replaced, and the key looked up in the result.
///
/// - Parameter place: the place of the first occurrence, as the parser gave it.
/// - Returns: `nil` where the key is no simple text; then the parser's place must do.
func repeatedKey(in yaml: String, firstAt place: TextPlace) -> (place: TextPlace, field: String)? {
    var places = [place]
    // Each round gets past one repeated key; a file with more of them than this gets the plainer error.
    for _ in 0..<8 {
        guard let replaced = replacingKeys(at: places, in: yaml) else { return nil }
        do {
            guard let root = try compose(yaml: replaced.text, .basic, .default, .utf8) else { return nil }
            return find(replaced.first, in: root, path: "", depth: 0)
        } catch YamlError.duplicatedKeysInMapping(_, let context) {
            places.append(TextPlace(context.mark))
        } catch {
            return nil
        }
    }
    return nil
}

/// A private-use character, which no policy has a use for, in place of a key's first one.
private let placeholders: ClosedRange<UInt32> = 0xE000...0xE007

private func replacingKeys(at places: [TextPlace], in yaml: String) -> (text: String, first: Unicode.Scalar)? {
    var text = String.UnicodeScalarView()
    var first: Unicode.Scalar?
    var pending: UInt32?
    let end: Void? = firstPlaced(in: yaml) { place, scalar, _ in
        if let index = places.firstIndex(of: place) { pending = placeholders.lowerBound + UInt32(index) }
        let isQuote = scalar == "\"" || scalar == "'"
        if let value = pending, !isQuote, let placeholder = Unicode.Scalar(value) {
            if value == placeholders.lowerBound { first = scalar }
            text.append(placeholder)
            pending = nil
        } else {
            text.append(scalar)
        }
        return nil
    }
    return end == nil ? first.map { (String(text), $0) } : nil
}

/// Looks for the replaced key whose first character was `first`, and then for the next of the same name beside it.
private func find(_ first: Unicode.Scalar, in node: Node, path: String, depth: Int) -> (
    place: TextPlace, field: String
)? {
    guard depth < 16 else { return nil }
    if case .sequence(let elements) = node {
        for (index, element) in elements.enumerated() {
            if let found = find(first, in: element, path: "\(path)[\(index)]", depth: depth + 1) { return found }
        }
    }
    guard case .mapping(let mapping) = node else { return nil }
    var replaced: Substring.UnicodeScalarView?
    for (key, value) in mapping {
        let name = key.scalar?.string.unicodeScalars ?? "".unicodeScalars
        if let replaced {
            let starts = name.first == first || name.first.map { placeholders.contains($0.value) } == true
            if starts, name.dropFirst().elementsEqual(replaced), let mark = key.mark {
                return (TextPlace(mark), memberPath(path, String(first) + String(replaced)))
            }
        } else if name.first?.value == placeholders.lowerBound {
            replaced = name.dropFirst()
        }
        if let found = find(first, in: value, path: memberPath(path, String(name)), depth: depth + 1) { return found }
    }
    return nil
}
