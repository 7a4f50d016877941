// What the fields of a policy file mean. Each names in its error what it expected and what to write.

extension PolicyFileField {
    /// Text; in quotes where YAML would take it for a number or a truth value.
    func text(atMost limit: Int, _ hint: String) throws(PolicyError) -> String {
        let (text, isQuoted) = try scalar(hint)
        if !isQuoted, looksLikeNumberOrTruth(text) {
            throw error("\(shown(text)) without quotes is not text", "write it in quotes: \"\(shortened(text))\"")
        }
        let isBlank = form == .storedBefore ? isWhiteSpace(text) : Spelling.isBlank(text)
        guard !isBlank else { throw error("the text is empty", hint) }
        guard text.unicodeScalars.count <= limit else {
            throw error("the text is longer than \(limit) characters", "shorten it")
        }
        guard !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            throw error("the text holds a control character", "remove it")
        }
        return text
    }

    /// A whole number.
    func integer(in range: ClosedRange<Int>) throws(PolicyError) -> Int {
        let hint = "write a whole number from \(range.lowerBound) to \(range.upperBound)"
        let (text, isQuoted) = try scalar(hint)
        guard !isQuoted, isWholeNumber(text) else { throw error("\(quoted(text, isQuoted)) is no whole number", hint) }
        guard let value = Int(text), range.contains(value) else {
            throw error("\(shortened(text)) is out of range", hint)
        }
        return value
    }

    /// A number that may have decimals.
    func number(in range: ClosedRange<Double>) throws(PolicyError) -> Double {
        let hint = "write a number from \(numberText(range.lowerBound)) to \(numberText(range.upperBound))"
        let (text, isQuoted) = try scalar(hint)
        guard !isQuoted, isNumber(text), let value = Double(text) else {
            throw error("\(quoted(text, isQuoted)) is no number", hint)
        }
        guard range.contains(value) else { throw error("\(shortened(text)) is out of range", hint) }
        return value
    }

    /// A duration such as `12h`.
    func duration(atLeast least: Duration) throws(PolicyError) -> Duration {
        let hint = "write one number and one unit, such as 500ms, 2s, 15m, 12h or 7d"
        let text = try scalar(hint).text
        guard let value = Duration(policyText: text) else { throw error("\(shown(text)) is no duration", hint) }
        guard (least...PolicyFileLimits.longest).contains(value) else {
            throw error(
                "\(shortened(text)) is out of range",
                "write a duration from \(least.policyText) to \(PolicyFileLimits.longest.policyText)")
        }
        return value
    }

    /// A duration, or business days such as `3bd`.
    func period(atLeast least: Duration) throws(PolicyError) -> Period {
        let text = try scalar("write a duration such as 12h or 7d, or business days such as 3bd").text
        guard text.hasSuffix("bd") else { return .time(try duration(atLeast: least)) }
        guard let period = Period(policyText: text) else {
            throw error(
                "\(shown(text)) is no number of business days",
                "write business days from 1bd to \(BusinessCalendar.mostBusinessDays)bd")
        }
        return period
    }

    /// Calendar days such as `7d`, or business days such as `5bd`. Hours would say something else: a window ends with a
    /// day, not with an hour.
    func windowDays() throws(PolicyError) -> (Int, WindowDays) {
        let range = PolicyFileLimits.returnWindowDays
        let hint = "write whole days, from \(range.lowerBound)d to \(range.upperBound)d, or business days such as 5bd"
        let text = try scalar(hint).text
        let counts: WindowDays = text.hasSuffix("bd") ? .business : .calendar
        let digits = String(text.dropLast(counts == .business ? 2 : 1))
        guard text.utf8.last == UInt8(ascii: "d"), isWholeNumber(digits) else {
            throw error("\(shown(text)) is no number of days", hint)
        }
        guard let value = Int(digits), range.contains(value) else {
            throw error("\(shortened(text)) is out of range", hint)
        }
        return (value, counts)
    }

    /// A day of the week in three letters.
    func weekday() throws(PolicyError) -> BusinessCalendar.Weekday {
        let hint = "write one of " + BusinessCalendar.Weekday.allCases.map(\.name).joined(separator: ", ")
        let text = try scalar(hint).text
        guard let day = BusinessCalendar.Weekday.allCases.first(where: { $0.name == text }) else {
            throw error("\(shown(text)) is no day of the week", hint)
        }
        return day
    }

    /// A country's code of two letters.
    func country() throws(PolicyError) -> String {
        let hint =
            "write a country's code of two capital letters, such as DE; in quotes where YAML takes it for no text"
        let text = try text(atMost: 2, hint)
        guard text.utf8.count == 2, text.utf8.allSatisfy({ $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") }) else {
            throw error("\(shown(text)) is no code of a country", hint)
        }
        return text
    }

    /// A date such as `2022-02-12`.
    func date() throws(PolicyError) -> CalendarDate {
        let hint = "write a day as YYYY-MM-DD, such as 2022-02-12"
        let text = try scalar(hint).text
        guard let date = CalendarDate(text) else { throw error("\(shown(text)) is no date", hint) }
        return date
    }

    /// A time zone of the database.
    func timeZone() throws(PolicyError) -> PolicyTimeZone {
        let hint = "write a name of the time zone database, such as UTC or Europe/Berlin"
        let text = try scalar(hint).text
        guard let zone = PolicyTimeZone(identifier: text) else {
            throw error("there is no time zone \(shown(text))", hint)
        }
        return zone
    }

    /// One of a few words.
    func word<Word: RawRepresentable & CaseIterable>(_ type: Word.Type) throws(PolicyError) -> Word
    where Word.RawValue == String {
        let hint = "write one of " + Word.allCases.map(\.rawValue).joined(separator: ", ")
        let text = try scalar(hint).text
        guard let word = Word(rawValue: text) else { throw error("\(shown(text)) is not known", hint) }
        return word
    }

    /// `true` or `false`.
    func truth() throws(PolicyError) -> Bool {
        let hint = "write true or false"
        let (text, isQuoted) = try scalar(hint)
        guard !isQuoted, text == "true" || text == "false" else {
            throw error("\(quoted(text, isQuoted)) is neither true nor false", hint)
        }
        return text == "true"
    }

    /// The code of a currency.
    func currency() throws(PolicyError) -> Currency {
        let hint = "write a code of ISO 4217 in capitals, such as USD"
        let text = try scalar(hint).text
        guard let currency = Currency(code: text) else { throw error("\(shown(text)) is no currency", hint) }
        return currency
    }

    /// An amount of a currency, in quotes, as everywhere in the contract.
    func amount(_ currency: Currency) throws(PolicyError) -> Money {
        let hint = "write a decimal in quotes, such as \"\(Money(unchecked: 100_000, currency: currency).decimal)\""
        let (text, isQuoted) = try scalar(hint)
        guard isQuoted else {
            throw error("\(shown(text)) is not in quotes, and a number's decimals cannot be trusted", hint)
        }
        do {
            return try Money.parse(decimal: text, currency: currency)
        } catch {
            throw self.error("\(shown(text)): \(error)", hint)
        }
    }

    /// A service id, or the start of some with `*` at its end.
    func pattern() throws(PolicyError) -> ServicePattern {
        let text = try text(
            atMost: PolicyFileLimits.patternCharacters,
            "write a service id such as setup-fee, or the start of some such as \"domain-*\"")
        guard !text.utf8.dropLast().contains(UInt8(ascii: "*")) else {
            throw error("\(shown(text)) has a * before its end", "keep the * at the end, where it means any rest")
        }
        return ServicePattern(text)
    }
}

private func quoted(_ text: String, _ isQuoted: Bool) -> String {
    isQuoted ? "the text \(shown(text))" : shown(text)
}

private func isWholeNumber(_ text: String) -> Bool {
    let digits = text.utf8.first == UInt8(ascii: "-") ? text.utf8.dropFirst() : text.utf8[...]
    return !digits.isEmpty && digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
}

/// Decimal digits, with a sign, a point and an exponent as may be; `Double` alone would take `0x1p3` and `nan` as well.
private func isNumber(_ text: String) -> Bool {
    text.utf8.contains { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        && text.unicodeScalars.allSatisfy { "0123456789+-.eE".unicodeScalars.contains($0) }
        && Double(text) != nil
}

/// Whether YAML takes a value without quotes for something else than text.
func looksLikeNumberOrTruth(_ text: String) -> Bool {
    let words = ["true", "false", "yes", "no", "on", "off", "y", "n", "null", "~", ".inf", ".nan", "-.inf", "+.inf"]
    let lowercased = text.lowercased()
    return words.contains(lowercased) || isNumber(text.filter { $0 != "_" }) || lowercased.hasPrefix("0x")
        || lowercased.hasPrefix("0o") || CalendarDate(text) != nil
}

/// A number as people write it: `2`, `0.2`.
func numberText(_ value: Double) -> String {
    Int(exactly: value).map(String.init) ?? "\(value)"
}
