/// The name among `names` that `word` was most likely meant to be; `nil` when none is close.
func nearestName(to word: String, among names: [String]) -> String? {
    var best: (name: String, distance: Int)?
    for name in names {
        let distance = editDistance(Array(word.utf8.prefix(128)), Array(name.utf8))
        if distance < best?.distance ?? .max { best = (name, distance) }
    }
    guard let best, best.distance <= max(2, best.name.utf8.count / 2) else { return nil }
    return best.name
}

/// How many insertions, deletions and replacements make one word of the other.
private func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var row = Array(0...right.count)
    for (index, byte) in left.enumerated() {
        var diagonal = row[0]
        row[0] = index + 1
        for column in right.indices {
            let replaced = diagonal + (byte == right[column] ? 0 : 1)
            diagonal = row[column + 1]
            row[column + 1] = min(replaced, row[column] + 1, diagonal + 1)
        }
    }
    return row[right.count]
}
