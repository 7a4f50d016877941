/// How a fraction of a minor unit is settled; the raw value is the policy file's and the contract's word for it.
public enum Rounding: String, Hashable, Sendable, CaseIterable {
    case halfUp = "half_up"
    case halfEven = "half_even"
    case down = "down"
}
