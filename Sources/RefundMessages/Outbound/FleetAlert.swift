public import RefundCase
public import RefundPolicy

/// Alerts about no single case (contract § 3: `fleet/alert/<cause>/<hour>`).
public enum FleetAlert {
    /// Reminds of a pause of all payouts; one for each hour.
    ///
    /// - Parameter now: the hour of this instant in UTC ends the alert's id.
    public static func payoutsPaused(_ pause: PayoutPause, since: Instant, at now: Instant) -> EncodedMessage {
        let id = "fleet/alert/payouts_paused/\(hourText(now))"
        var writer = JSONWriter(capacity: 256)
        writer.beginObject()
        writer.string("alert_id", id)
        writer.string("request_id", "fleet")
        writer.string("code", "payouts_paused")
        writer.string(
            "message",
            "no payout has been sent since \(since), by \(pause.by); deadlines go on; once the cause is mended, lift the "
                + "pause (refund-worker payouts resume)")
        writer.endObject()
        return EncodedMessage(id: id, type: .needsAttention, body: writer.bytes)
    }

    /// The number of an instant's hour since 1970 in UTC.
    public static func hour(of instant: Instant) -> Int64 {
        let hour: Int64 = 3_600_000_000
        let microseconds = instant.microsecondsSinceEpoch
        return microseconds >= 0 ? microseconds / hour : (microseconds + 1) / hour - 1
    }

    /// `2026-11-28T21`
    private static func hourText(_ instant: Instant) -> String { String(instant.description.prefix(13)) }
}
