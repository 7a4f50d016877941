/// An object that the worker hands on untouched: its JSON text, byte for byte, and the values of its members that the
/// contract names. Equal when those values are; what else the object holds is not ours to compare.
///
/// It may carry a contact or a payment token, so it never describes itself.
public struct PassedThrough: Sendable {
    /// The object's JSON, as it came.
    public let json: String
    /// The named members' values as canonical JSON, in the order in which the contract names them; `nil` where absent.
    public let named: [String?]

    public init(json: String, named: [String?]) {
        self.json = json
        self.named = named
    }
}

extension PassedThrough: Hashable {
    public static func == (left: PassedThrough, right: PassedThrough) -> Bool {
        left.named == right.named
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(named)
    }
}

extension PassedThrough: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "(passed through)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
