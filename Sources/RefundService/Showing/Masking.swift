internal import RefundMessages
public import RefundPolicy

extension PassedThrough {
    /// For people: what `ShownMember` lets be seen of it, and the names of what is masked.
    public var shownText: String {
        let members = ShownMember.all(of: json)
        let shown = members.compactMap { member in
            member.text.map { ["id", "type"].contains(member.name) ? $0 : "\(member.name ?? "") \($0)" }
        }
        let masked = members.filter { $0.text == nil }.map { ($0.name ?? "(a name)") + " masked" }
        let most = 8
        let more = masked.count > most ? ["\(masked.count - most) more masked"] : []
        return (shown + masked.prefix(most) + more).joined(separator: ", ")
    }

    /// Its JSON, with a mask for what is not shown.
    public var maskedJSON: String { MessagePlaces.masking(json, by: mask, isWhole: false) }
}

/// What stands for a value that is not shown.
public let mask = "(masked)"
