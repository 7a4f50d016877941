import RefundPolicy

// How a request's line stood when it was decided, as a case's state and its first event have it.

extension JSONWriter {
    /// The holder, and only where there are any the doubts and what of the invoice's total was left.
    mutating func standing(_ standing: InvoiceLine.Standing) {
        string("standing", standing.holder.rawValue)
        if !standing.doubts.isEmpty {
            name("doubts")
            beginArray()
            for doubt in InvoiceLine.Standing.Doubt.allCases where standing.doubts.contains(doubt) {
                string(doubt.rawValue)
            }
            endArray()
        }
        if let left = standing.left { money("left", left) }
    }
}

extension JSONFields {
    func standing() throws(DeadLetterReason) -> InvoiceLine.Standing {
        let holder = try requiredChoice("standing", of: InvoiceLine.Standing.Holder.self)
        let doubts = self["doubts"]?.elements.compactMap(\.string).compactMap(
            InvoiceLine.Standing.Doubt.init(rawValue:))
        return InvoiceLine.Standing(holder, doubts: Set(doubts ?? []), left: try money("left"))
    }
}
