package scenarios

import (
	"fmt"

	"gopkg.in/yaml.v3"
)

// itemNames returns the names by which the items of a list are addressed, nil
// for lists whose items have none.
func itemNames(path string, list *yaml.Node) []string {
	switch path {
	case "workloads":
		return namesBy(list, "name")
	case "operations":
		return namesBy(list, "id")
	}
	return nil
}

// namesBy reads the key that names an item; an item without it is called by
// its index.
func namesBy(list *yaml.Node, key string) []string {
	names := make([]string, len(list.Content))
	for i, item := range list.Content {
		names[i] = fmt.Sprintf("[%d]", i)
		if _, v := lookup(item, key); v != nil && v.Kind == yaml.ScalarNode && v.Value != "" {
			names[i] = v.Value
		}
	}
	return names
}
