import RefundPolicy

/// Reading single fields, each with an error that names its path.
extension JSONFields {
    func required(_ name: StaticString) throws(DeadLetterReason) -> JSONValue {
        guard let value = self[name] else { throw .invalidField(path: path(of: name), problem: "is missing") }
        return value
    }

    func object(_ name: StaticString) throws(DeadLetterReason) -> JSONFields? {
        guard let value = self[name] else { return nil }
        return try JSONFields(value)
    }

    func requiredObject(_ name: StaticString) throws(DeadLetterReason) -> JSONFields {
        try JSONFields(try required(name))
    }

    /// A text of people; `nil` when it is absent.
    func text(_ name: StaticString, limit: Int = InboundLimits.textLength) throws(DeadLetterReason) -> String? {
        guard let value = self[name] else { return nil }
        guard let text = value.string else { throw .invalidField(path: path(of: name), problem: "must be a string") }
        // Counted in bytes first: characters can't be more than bytes.
        guard text.utf8.count <= limit || text.unicodeScalars.count <= limit else {
            throw .invalidField(path: path(of: name), problem: "is longer than \(limit) characters")
        }
        // A control character can only have been written as an escape.
        guard !value.hasEscapes || !text.utf8.contains(0) else {
            throw .invalidField(path: path(of: name), problem: "holds the character U+0000")
        }
        return text
    }

    /// An identifier: a short text without control characters, trimmed of white space and invisible characters; `nil`
    /// when it is absent or blank.
    func identifier(
        _ name: StaticString, _ reading: RequestReading = .contract
    ) throws(DeadLetterReason) -> String? {
        guard let written = try text(name) else { return nil }
        // Blanks may be tabs and line ends as well.
        if reading.isBlank(written) { return nil }
        let text = reading.trimmed(written)
        let limit = InboundLimits.identifierLength
        guard text.utf8.count <= limit || text.unicodeScalars.count <= limit else {
            throw .invalidField(path: path(of: name), problem: "is longer than \(limit) characters")
        }
        guard withBytes(of: text, { $0.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }) else {
            throw .invalidField(path: path(of: name), problem: "holds a control character")
        }
        return text
    }

    func requiredIdentifier(
        _ name: StaticString, _ reading: RequestReading = .contract
    ) throws(DeadLetterReason) -> String {
        _ = try required(name)
        guard let text = try identifier(name, reading) else {
            throw .invalidField(path: path(of: name), problem: "is blank")
        }
        return text
    }

    func requiredText(_ name: StaticString) throws(DeadLetterReason) -> String {
        _ = try required(name)
        guard let text = try text(name), !text.isBlank else {
            throw .invalidField(path: path(of: name), problem: "is blank")
        }
        return text
    }

    /// A name that is trimmed; `nil` for one that is no text, or holds U+0000, which is never passed over.
    func trimmedName(_ name: StaticString) throws(DeadLetterReason) -> String? {
        guard let text = try required(name).string, !text.utf8.contains(0) else { return nil }
        return Spelling.trimmed(text)
    }

    func requestID() throws(DeadLetterReason) -> RequestID {
        guard let id = try trimmedName("request_id").flatMap(RequestID.init) else {
            throw .invalidField(path: path(of: "request_id"), problem: "must be 1 to 128 of A-Z a-z 0-9 . _ : -")
        }
        return id
    }

    func requiredInstant(_ name: StaticString) throws(DeadLetterReason) -> Instant {
        try requiredInstantWithOffset(name).instant
    }

    /// An instant, and how many seconds the clock that wrote it is ahead of UTC.
    func requiredInstantWithOffset(_ name: StaticString) throws(DeadLetterReason) -> (instant: Instant, offset: Int) {
        guard let read = try required(name).withCharacters({ Instant.withOffset(utf8: $0) }) ?? nil else {
            throw .invalidField(
                path: path(of: name),
                problem: "must be an RFC 3339 instant with an offset, such as 2022-02-22T09:30:00Z")
        }
        return read
    }

    func requiredDate(_ name: StaticString) throws(DeadLetterReason) -> CalendarDate {
        guard let date = try required(name).withCharacters({ CalendarDate(utf8: $0) }) ?? nil else {
            throw .invalidField(path: path(of: name), problem: "must be a date, such as 2022-02-12")
        }
        return date
    }

    func requiredInteger(_ name: StaticString) throws(DeadLetterReason) -> Int64 {
        guard let integer = try required(name).integer else {
            throw .invalidField(path: path(of: name), problem: "must be an integer of at most 64 bits")
        }
        return integer
    }

    /// `nil` where it is absent.
    func date(_ name: StaticString) throws(DeadLetterReason) -> CalendarDate? {
        self[name] == nil ? nil : try requiredDate(name)
    }

    /// A whole number of at most 64 bits, or a decimal of at most six places whose millionths are.
    func requiredQuantity(_ name: StaticString) throws(DeadLetterReason) -> Quantity {
        let value = try required(name)
        if let integer = value.integer { return Quantity(integer) }
        guard let quantity = value.number?.millionths.flatMap(Quantity.init(millionths:)) else {
            throw .invalidField(
                path: path(of: name),
                problem: "must be an integer of at most 64 bits, or a decimal of up to six places such as 12.5")
        }
        return quantity
    }

    func requiredChoice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: StaticString, of type: Choice.Type
    ) throws(DeadLetterReason) -> Choice {
        guard let choice = try required(name).string.flatMap(Choice.init(rawValue:)) else {
            let choices = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalidField(path: path(of: name), problem: "must be one of \(choices)")
        }
        return choice
    }

    /// An amount: `{"amount": "10.00", "currency": "USD"}` (contract § 3).
    func money(_ name: StaticString) throws(DeadLetterReason) -> Money? {
        guard let fields = try object(name) else { return nil }
        let amount = try fields.required("amount")
        guard let known = try fields.required("currency").withCharacters({ Currency(utf8: $0) }) else {
            throw .invalidField(path: fields.path(of: "currency"), problem: "must be a string")
        }
        guard let currency = known else { throw .unknownCurrency(path: fields.path(of: "currency")) }
        let read = amount.withCharacters { bytes in
            Result { () throws(AmountError) in try Money.parse(utf8: bytes, currency: currency) }
        }
        switch read {
        case .success(let money): return money
        case .failure(let error):
            throw .invalidAmount(path: fields.path(of: "amount"), problem: error.description)
        case nil:
            throw .invalidAmount(
                path: fields.path(of: "amount"),
                problem: "must be a decimal string, such as \"10.00\", not a number")
        }
    }

    func requiredMoney(_ name: StaticString) throws(DeadLetterReason) -> Money {
        _ = try required(name)
        guard let money = try money(name) else {
            throw .invalidField(path: path(of: name), problem: "is missing")
        }
        return money
    }

    /// An object that is handed on untouched, with the values of the members that the contract names.
    func passedThrough(_ name: StaticString, naming names: [StaticString]) throws(DeadLetterReason) -> PassedThrough? {
        guard let value = self[name] else { return nil }
        let fields = try JSONFields(value)
        return PassedThrough(json: value.text, named: names.map { fields[$0]?.canonical })
    }
}

/// How a request is read: what is taken for blank, and for the ends of an identifier, and which fields there are.
enum RequestReading {
    /// White space and invisible characters of every kind (contract § 3, "Texts").
    case contract
    /// White space only, and identifiers as they came; what terms go by was no field, and might hold anything: how
    /// version 1 of the contract was read, under which a store has kept requests.
    case storedBefore

    func isBlank(_ text: String) -> Bool {
        switch self {
        case .contract: Spelling.isBlank(text)
        case .storedBefore: text.allSatisfy(\.isWhitespace)
        }
    }

    func trimmed(_ text: String) -> String {
        switch self {
        case .contract: Spelling.trimmed(text)
        case .storedBefore: text
        }
    }
}

extension String {
    /// Nothing but white space and invisible characters, or nothing at all.
    var isBlank: Bool { Spelling.isBlank(self) }
}
