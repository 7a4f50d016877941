/// Finding members by their names, in place: this is done a dozen times for each message, and allocates nothing.
///
/// Names are compared byte by byte: Swift's own `==` takes two spellings of one accented letter for the same, and JSON
/// does not (RFC 8259 § 8.3).
extension JSONDocument {
    /// Where the value of the first member of that name stands; `nil` when there is none.
    func member(_ name: StaticString, ofObjectAt object: Int) -> Int? {
        let expected = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        return bytes.withUnsafeBufferPointer { bytes in
            nodes.withUnsafeBufferPointer { nodes in
                let end = Int(nodes[object].next)
                var position = object + 1
                while position < end {
                    let node = nodes[position]
                    if node.hasEscapes {
                        if characters(of: node).elementsEqual(expected) { return position + 1 }
                    } else if JSONDocument.isSame(JSONDocument.text(of: node, in: bytes), expected) {
                        return position + 1
                    }
                    position = Int(nodes[position + 1].next)
                }
                return nil
            }
        }
    }

    /// The first member's name that stands twice in an object; `nil` when each stands once.
    func repeatedName(inObjectAt object: Int) -> Int? {
        bytes.withUnsafeBufferPointer { bytes in
            nodes.withUnsafeBufferPointer { nodes in
                let end = Int(nodes[object].next)
                var position = object + 1
                var count = 0
                while position < end {
                    // A few names are compared with each other in place; with many this would take long.
                    guard count < 16 else { return repeatedNameAmongMany(inObjectAt: object) }
                    var earlier = object + 1
                    while earlier < position {
                        if areSame(nodes[earlier], nodes[position], in: bytes) { return position }
                        earlier = Int(nodes[earlier + 1].next)
                    }
                    count += 1
                    position = Int(nodes[position + 1].next)
                }
                return nil
            }
        }
    }

    private func repeatedNameAmongMany(inObjectAt object: Int) -> Int? {
        var names: Set<[UInt8]> = []
        var position = object + 1
        while position < Int(nodes[object].next) {
            guard names.insert(characters(of: nodes[position])).inserted else { return position }
            position = Int(nodes[position + 1].next)
        }
        return nil
    }

    private func areSame(_ left: Node, _ right: Node, in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        if left.hasEscapes || right.hasEscapes { return characters(of: left) == characters(of: right) }
        return JSONDocument.isSame(JSONDocument.text(of: left, in: bytes), JSONDocument.text(of: right, in: bytes))
    }

    private static func text(of node: Node, in bytes: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: bytes[Int(node.start)..<Int(node.end)])
    }

    private static func isSame(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        // The last characters of names differ more often than the first.
        for offset in left.indices.reversed() where left[offset] != right[offset] { return false }
        return true
    }

    /// A string's characters as UTF-8; empty for other values.
    func characters(of node: Node) -> [UInt8] {
        guard node.kind == .string else { return [] }
        return withText(of: node) { node.hasEscapes ? unescaped($0) : Array($0) }
    }

    /// The names that lead from the top to the value at `index`, joined by points: such as `invoice.paid`. Looked for only
    /// once an error has to name a place.
    func path(toValueAt index: Int) -> String {
        var names: [String] = []
        var object = 0
        while object < index, nodes[object].kind == .object {
            var name = object + 1
            while name < Int(nodes[object].next), index >= Int(nodes[name + 1].next) {
                name = Int(nodes[name + 1].next)
            }
            names.append(String(decoding: characters(of: nodes[name]), as: UTF8.self))
            object = name + 1
        }
        return names.joined(separator: ".")
    }
}
