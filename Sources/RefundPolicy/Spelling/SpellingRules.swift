/// The tables of `SpellingTable`, read once.
struct SpellingRules: Sendable {
    static let standard = SpellingRules()

    /// Characters that are replaced alike: `count` of them from `first`, `step` apart.
    private struct Run {
        var first: UInt32
        var count: UInt32
        var step: UInt32
        var replacement: [UInt32]
    }

    private let runs: [Run]
    private let classes: [Run]

    private init() {
        runs = SpellingRules.read(SpellingTable.replacements)
        classes = SpellingRules.read(SpellingTable.classes)
    }

    /// Adds what becomes of a character.
    func append(_ scalar: Unicode.Scalar, to scalars: inout [Unicode.Scalar]) {
        if scalar.value < 0x80 {
            if let plain = SpellingRules.plain(scalar.value) { scalars.append(plain) }
        } else if let syllable = SpellingRules.hangul(scalar.value) {
            scalars += syllable
        } else if let replacement = replacement(of: scalar) {
            scalars += replacement
        } else {
            scalars.append(scalar)
        }
    }

    /// Puts combining marks into their canonical order (Unicode, D109).
    func order(_ scalars: inout [Unicode.Scalar]) {
        var place = 1
        while place < scalars.count {
            let own = combiningClass(scalars[place])
            var target = place
            while own > 0, target > 0, combiningClass(scalars[target - 1]) > own { target -= 1 }
            if target < place { scalars.insert(scalars.remove(at: place), at: target) }
            place += 1
        }
    }

    /// `nil` for a character that stays as it is; nothing for one that is invisible.
    func replacement(of scalar: Unicode.Scalar) -> [Unicode.Scalar]? {
        guard let (run, distance) = SpellingRules.find(scalar.value, in: runs) else { return nil }
        guard run.count > 1, run.step > 0 else { return run.replacement.compactMap(Unicode.Scalar.init) }
        return run.replacement.compactMap { Unicode.Scalar($0 + distance) }
    }

    func combiningClass(_ scalar: Unicode.Scalar) -> UInt32 {
        guard scalar.value >= 0x300 else { return 0 }
        return SpellingRules.find(scalar.value, in: classes)?.run.replacement.first ?? 0
    }

    /// ASCII: controls are invisible, blanks are one, letters are small.
    private static func plain(_ value: UInt32) -> Unicode.Scalar? {
        switch value {
        case 0x09...0x0D, 0x20: " "
        case 0..<0x20, 0x7F: nil
        case 0x41...0x5A: Unicode.Scalar(value + 0x20)
        default: Unicode.Scalar(value)
        }
    }

    /// A syllable's letters (Unicode, § 3.12).
    private static func hangul(_ value: UInt32) -> [Unicode.Scalar]? {
        guard (0xAC00...0xD7A3).contains(value) else { return nil }
        let index = value - 0xAC00
        let letters = [0x1100 + index / 588, 0x1161 + index % 588 / 28, 0x11A7 + index % 28]
        return letters.prefix(index % 28 == 0 ? 2 : 3).compactMap(Unicode.Scalar.init)
    }

    private static func find(_ value: UInt32, in runs: [Run]) -> (run: Run, distance: UInt32)? {
        var (low, high) = (0, runs.count)
        while low < high {
            let middle = (low + high) / 2
            if runs[middle].first <= value { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return nil }
        let run = runs[low - 1]
        let distance = value - run.first
        let step = max(run.step, 1)
        guard distance % step == 0, distance / step < run.count else { return nil }
        return (run, distance)
    }

    /// - Parameter text: of the form that `SpellingTable` describes.
    private static func read(_ text: StaticString) -> [Run] {
        var runs: [Run] = []
        var last: UInt32 = 0
        for entry in text.description.split(separator: " ") {
            let sides = entry.split(separator: "=", omittingEmptySubsequences: false)
            let places = sides[0].split(separator: "*")
            let repeated = places.count > 1 ? places[1].split(separator: ".") : []
            last += number(places[0])
            runs.append(
                Run(
                    first: last, count: repeated.first.map(number) ?? 1,
                    step: repeated.count > 1 ? number(repeated[1]) : 1,
                    replacement: sides[1].split(separator: ",").map(number)))
        }
        return runs
    }

    private static func number(_ digits: Substring) -> UInt32 { UInt32(digits, radix: 36) ?? 0 }
}
