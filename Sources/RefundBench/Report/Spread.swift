/// The middle and the ends of repeated figures.
public struct Spread: Codable, Hashable, Sendable {
    public let median: Double
    public let least: Double
    public let most: Double

    /// `nil` of nothing. The median of an even number of figures is halfway between the two in the middle.
    public init?(_ figures: [Double]) {
        let sorted = figures.sorted()
        guard let least = sorted.first, let most = sorted.last else { return nil }
        let middle = sorted.count / 2
        median = sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
        self.least = least
        self.most = most
    }

    /// The ratios of two series, round by round, as they were measured side by side.
    public static func ratio(_ figures: [Double], to others: [Double]) -> Spread? {
        Spread(zip(figures, others).filter { $1 > 0 }.map { $0 / $1 })
    }
}
