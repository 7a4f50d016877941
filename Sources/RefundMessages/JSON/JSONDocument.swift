/// A JSON text (RFC 8259), checked once and then read in place.
///
/// Our own, since what comes from strangers must keep what Foundation's decoder loses: the exact text of objects that
/// are handed on untouched, integers beyond 2^53, and names that stand twice. Depth is bounded, so that no message can
/// exhaust the stack.
///
/// A class, so that a value in it costs one reference and no memory of its own.
package final class JSONDocument: Sendable {
    /// How deep arrays and objects may nest.
    static let maximumDepth = 32

    enum Kind: UInt8, Sendable {
        case null, `true`, `false`, number, string, array, object
    }

    /// One value: where its text is, and where its next sibling is.
    struct Node: Sendable {
        var kind: Kind
        /// The string holds a backslash, and must be unescaped.
        var hasEscapes = false
        var start: Int32
        var end: Int32
        /// The index behind the value and everything in it.
        var next: Int32
    }

    let bytes: [UInt8]
    /// The values in the order in which they begin; an object's members as name, value, name, value.
    let nodes: [Node]

    init(bytes: [UInt8], nodes: [Node]) {
        self.bytes = bytes
        self.nodes = nodes
    }

    /// Gives `body` the bytes of a value's text, for a string without its quotes and as it is written.
    func withText<Result>(of node: Node, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        bytes.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[Int(node.start)..<Int(node.end)])) }
    }
}

/// Why a text is not JSON.
package struct JSONError: Error, Hashable, Sendable {
    package let problem: String
    /// The byte at which it was noticed.
    package let offset: Int
}
