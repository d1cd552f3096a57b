package scenarios

import (
	"slices"
	"strings"
)

// MetricName is a metric that claims may name: what packages above measure a
// run by. Its definition is theirs.
type MetricName struct {
	Name  string
	Unit  Unit
	Whole bool // it is of the whole run: a claim cannot take it over a part
}

// MetricNames lists the metrics that claims may name, but for those that have
// a quantity of their own under the same name.
func MetricNames() []MetricName {
	var all []MetricName
	for _, d := range []MetricName{
		{Name: "get", Unit: UnitDuration}, {Name: "put", Unit: UnitDuration}, {Name: "delete", Unit: UnitDuration}, {Name: "rmw", Unit: UnitDuration},
		{Name: "cart_add", Unit: UnitDuration}, {Name: "cart_remove", Unit: UnitDuration},
		{Name: "staleness", Unit: UnitDuration}, {Name: "version_lag"}, {Name: "siblings"},
	} {
		for _, stat := range []string{"mean", "p50", "p90", "p99", "p999", "p9999", "max"} {
			all = append(all, MetricName{Name: d.Name + "_" + stat, Unit: d.Unit})
		}
	}
	for _, name := range claimOps {
		all = append(all, MetricName{Name: "availability_" + strings.ReplaceAll(name, "-", "_"), Unit: UnitShare})
	}
	return append(all, plainMetrics...)
}

// plainMetrics are those that are no statistic of a distribution.
var plainMetrics = []MetricName{
	{Name: "unknown_outcomes", Unit: UnitShare}, {Name: "throughput"}, {Name: "shadowed_puts", Unit: UnitShare},
	{Name: "within_2_versions", Unit: UnitShare}, {Name: "within_3_versions", Unit: UnitShare},
	{Name: "visible_after_0ms", Unit: UnitShare}, {Name: "visible_after_1ms", Unit: UnitShare}, {Name: "visible_after_10ms", Unit: UnitShare},
	{Name: "visible_after_100ms", Unit: UnitShare}, {Name: "visible_after_1s", Unit: UnitShare},
	{Name: "visible_p99", Unit: UnitDuration}, {Name: "visible_p999", Unit: UnitDuration},
	{Name: "saw_1_version", Unit: UnitShare}, {Name: "saw_2_versions", Unit: UnitShare}, {Name: "saw_3_versions", Unit: UnitShare},
	{Name: "saw_4_versions_or_more", Unit: UnitShare},
	{Name: "messages_per_operation", Whole: true}, {Name: "bytes_per_operation", Unit: UnitBytes, Whole: true},
	{Name: "foreground_messages_per_operation", Whole: true}, {Name: "foreground_bytes_per_operation", Unit: UnitBytes, Whole: true},
	{Name: "background_messages_per_operation", Whole: true}, {Name: "background_bytes_per_operation", Unit: UnitBytes, Whole: true},
	{Name: "background_share", Unit: UnitShare, Whole: true},
	{Name: "disk_reads_per_operation", Whole: true}, {Name: "disk_writes_per_operation", Whole: true}, {Name: "disk_syncs_per_operation", Whole: true},
	{Name: "disk_bytes_per_operation", Unit: UnitBytes, Whole: true},
	{Name: "load_imbalance", Whole: true}, {Name: "out_of_balance", Unit: UnitShare, Whole: true},
}

// metricOf returns the metric that claims know by a name.
func metricOf(name string) (m MetricName, ok bool) {
	all := MetricNames()
	i := slices.IndexFunc(all, func(m MetricName) bool { return m.Name == name })
	if i < 0 {
		return m, false
	}
	return all[i], true
}

func metricWords() []string {
	var names []string
	for _, m := range MetricNames() {
		names = append(names, m.Name)
	}
	return names
}
