import RefundPolicy

/// Texts that only people read are never a reason to refuse a message (contract § 3, "Texts").
extension JSONFields {
    /// Cut at 4,000 characters; a number, or whatever else it is, as it is written. `nil` when it is absent or blank.
    func humanText(_ name: StaticString) -> String? {
        guard let value = self[name] else { return nil }
        let text = cut(value.string ?? value.text)
        return text.isBlank ? nil : text
    }

    /// The same where it must be there; empty when it is blank.
    func requiredHumanText(_ name: StaticString) throws(DeadLetterReason) -> String {
        _ = try required(name)
        return humanText(name) ?? ""
    }

    /// A person's action (contract § 3, `action_id`).
    func actionID(_ name: StaticString = "action_id") throws(DeadLetterReason) -> ActionID {
        guard let id = try trimmedName(name).flatMap(ActionID.init) else {
            throw .invalidField(path: path(of: name), problem: "must be 1 to 128 of A-Z a-z 0-9 . _ : -")
        }
        return id
    }

    /// Characters are counted as scalars, as everywhere; U+0000 is left out, since no store takes it.
    private func cut(_ text: String) -> String {
        let limit = InboundLimits.textLength
        let isShort = text.utf8.count <= limit || text.unicodeScalars.count <= limit
        guard !isShort || text.utf8.contains(0) else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.lazy.filter { $0.value != 0 }.prefix(limit)))
    }
}
