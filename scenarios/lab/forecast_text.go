package lab

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// Line is the forecast in a line: about 25 s and 1.2 GB: 24 M events, 1.4 M operations.
func (f *Forecast) Line() string {
	return fmt.Sprintf("about %s and %s: %s events, %s operations", roughTime(f.Time), roughBytes(f.Memory), roughCount(f.Events), roughCount(f.Operations))
}

// Text writes the forecast with its parts.
func (f *Forecast) Text(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s of virtual time, %s operations of clients, %s events\n", round(f.Virtual/1e9*1e9), roughCount(f.Operations), roughCount(f.Events))
	t := table{indent: "  ", gap: "   ", right: []bool{true}}
	fmt.Fprintf(&b, "\nmemory  about %s\n", roughBytes(f.Memory))
	for _, p := range f.MemoryParts {
		if p.Amount*100 >= f.Memory {
			t.add(plainCell(roughBytes(p.Amount)), plainCell(p.What))
		}
	}
	b.WriteString(strings.Join(append(t.lines(defaultWidth), ""), "\n"))
	t = table{indent: "  ", gap: "   ", right: []bool{true}}
	fmt.Fprintf(&b, "\ntime    about %s of one processor\n", roughTime(f.Time))
	for _, p := range f.TimeParts {
		if p.Amount*100 >= int64(f.Time) {
			t.add(plainCell(roughTime(time.Duration(p.Amount))), plainCell(p.What))
		}
	}
	b.WriteString(strings.Join(append(t.lines(defaultWidth), ""), "\n"))
	fmt.Fprintf(&b, "\nfiles   about %s, if they are asked for\n", roughBytes(f.Files))
	_, err := io.WriteString(w, b.String())
	return err
}

// JSON is the forecast for programs.
func (f *Forecast) JSON() []byte {
	return object{
		{"format", ResultFormat}, {"nodes", f.Nodes}, {"virtual_ns", f.Virtual}, {"operations", f.Operations}, {"events", f.Events}, {"memory_bytes", f.Memory},
		{"time_ns", int64(f.Time)}, {"files_bytes", f.Files}, {"memory", f.MemoryParts}, {"time", f.TimeParts},
	}.pretty()
}

// roughBytes writes an amount of memory with two digits: 1.2 GB.
func roughBytes(n int64) string {
	for _, u := range []struct {
		bytes int64
		name  string
	}{{1e12, "TB"}, {1e9, "GB"}, {1e6, "MB"}, {1e3, "KB"}} {
		if n >= u.bytes {
			return twoDigits(n, u.bytes) + " " + u.name
		}
	}
	return fmt.Sprintf("%d B", n)
}

// roughCount writes a number with two digits: 24 M.
func roughCount(n int64) string {
	for _, u := range []struct {
		n    int64
		name string
	}{{1e12, " T"}, {1e9, " G"}, {1e6, " M"}, {1e3, " k"}} {
		if n >= u.n {
			return twoDigits(n, u.n) + u.name
		}
	}
	return fmt.Sprint(n)
}

// roughTime writes a length of time with two digits: 25 s, 3.1 min.
func roughTime(d time.Duration) string {
	for _, u := range []struct {
		ns   int64
		name string
	}{{24 * 3600e9, "days"}, {3600e9, "h"}, {60e9, "min"}, {1e9, "s"}} {
		if int64(d) >= u.ns {
			return twoDigits(int64(d), u.ns) + " " + u.name
		}
	}
	return fmt.Sprintf("%d ms", int64(d)/1e6)
}

func twoDigits(n, unit int64) string {
	if n < 10*unit {
		return fmt.Sprintf("%d.%d", n/unit, n%unit*10/unit)
	}
	return thousands(n / unit)
}
