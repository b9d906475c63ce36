// Writes the files beside it with the real bbolt (go.etcd.io/bbolt v1.4.3): go run . 1024.db 4096.db
// Each has nested, inline, empty and large buckets, values that overflow, and pages that were freed; the
// second one has no free list, as etcd's files have none. What they hold is what test/bolt/real-bbolt.ts says.
package main

import (
	"fmt"
	"os"

	bolt "go.etcd.io/bbolt"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func fill(b *bolt.Bucket, from, to, size int) {
	for i := from; i < to; i++ {
		value := make([]byte, (i*size)%(4*size+1))
		for j := range value {
			value[j] = byte(i)
		}
		check(b.Put([]byte(fmt.Sprintf("k%05d", i)), value))
	}
}

func write(path string, pageSize int, noFreelist bool) {
	db, err := bolt.Open(path, 0o600, &bolt.Options{
		PageSize: pageSize, NoFreelistSync: noFreelist, FreelistType: bolt.FreelistMapType,
	})
	check(err)
	check(db.Update(func(tx *bolt.Tx) error {
		for _, name := range []string{"empty", "few", "large", "nests", "overflows"} {
			_, err := tx.CreateBucket([]byte(name))
			check(err)
		}
		fill(tx.Bucket([]byte("few")), 0, 5, 3)
		nests := tx.Bucket([]byte("nests"))
		fill(nests, 0, 3, 2)
		check(nests.SetSequence(7))
		inner, err := nests.CreateBucket([]byte("inner"))
		check(err)
		fill(inner, 0, 200, 5)
		innermost, err := inner.CreateBucket([]byte("k00100-innermost"))
		check(err)
		fill(innermost, 0, 2, 1)
		return nil
	}))
	for round := 0; round < 8; round++ {
		check(db.Update(func(tx *bolt.Tx) error {
			fill(tx.Bucket([]byte("large")), round*250, round*250+250, 4)
			fill(tx.Bucket([]byte("overflows")), round*2, round*2+2, 3000)
			return nil
		}))
	}
	check(db.Update(func(tx *bolt.Tx) error {
		for i := 0; i < 1000; i++ {
			check(tx.Bucket([]byte("large")).Delete([]byte(fmt.Sprintf("k%05d", i))))
		}
		return nil
	}))
	check(db.Close())
}

func main() {
	write(os.Args[1], 1024, false)
	write(os.Args[2], 4096, true)
}
