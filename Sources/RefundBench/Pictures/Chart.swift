/// A picture of figures at a few settings: a line for each series, with the spread at each point.
struct Chart: Hashable, Sendable {
    struct Series: Hashable, Sendable {
        let name: String
        /// One for each category; `nil` where nothing was measured.
        let points: [Spread?]
    }

    enum Scale: Hashable, Sendable {
        case linear, logarithmic
    }

    let title: String
    let xTitle: String
    let yTitle: String
    let categories: [String]
    let series: [Series]
    var scale = Scale.linear

    /// The figures that the vertical axis names, from the lowest to the highest; they enclose every point.
    var ticks: [Double] {
        let points = series.flatMap(\.points).compactMap(\.self)
        guard let most = points.map(\.most).max(), most > 0 else { return [0, 1] }
        switch scale {
        case .linear: return Chart.linearTicks(upTo: most)
        case .logarithmic:
            let least = points.map(\.least).filter { $0 > 0 }.min() ?? most
            return Chart.logarithmicTicks(from: least, upTo: most)
        }
    }

    /// From zero in steps of 1, 2 or 5 times a power of ten, four to ten of them.
    static func linearTicks(upTo most: Double) -> [Double] {
        var unit = 1.0
        while unit * 10 <= most { unit *= 10 }
        while unit > most { unit /= 10 }
        let step = [0.2, 0.5, 1, 2].map { $0 * unit }.first { most / $0 <= 8 } ?? unit * 2
        return (0...Int((most / step).rounded(.up))).map { Double($0) * step }
    }

    /// 1, 2 and 5 times the powers of ten.
    static func logarithmicTicks(from least: Double, upTo most: Double) -> [Double] {
        var unit = 1.0
        while unit > least { unit /= 10 }
        while unit * 10 <= least { unit *= 10 }
        var ticks: [Double] = []
        while (ticks.last ?? 0) < most {
            ticks += [unit, unit * 2, unit * 5]
            unit *= 10
        }
        let first = ticks.lastIndex { $0 <= least } ?? 0
        let last = ticks.firstIndex { $0 >= most } ?? ticks.count - 1
        return Array(ticks[first...max(last, first + 1)])
    }
}
