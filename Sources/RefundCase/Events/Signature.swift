/// Who signed what a person says, and who really sent it (contract § 3: the broker validates `user_id`).
public struct Signature: Hashable, Sendable {
    /// As the message says; anybody may write anything there.
    public var by: String
    /// The broker's user who sent it. `nil` where that is the console's, which signs for the persons who are logged in
    /// there, and for what was kept before this was.
    public var user: String?

    public init(_ by: String, user: String? = nil) {
        self.by = by
        self.user = user
    }
}

extension Signature: CustomStringConvertible {
    /// For people, such as `"ann" (user operator-1)`, or `ann` where the console signs. What a message says can't pass for
    /// another user's: what holds a quote or a bracket stands in quotes.
    public var description: String {
        guard let user else { return Signature.isPlain(by) ? by : Signature.quoted(by) }
        return "\(Signature.quoted(by)) (user \(Signature.isPlain(user) ? user : Signature.quoted(user)))"
    }

    private static func isPlain(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { $0 != "\"" && $0 != "(" && $0 != ")" && $0 != "\\" }
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" || scalar == "\\" { quoted += "\\" }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted + "\""
    }
}
